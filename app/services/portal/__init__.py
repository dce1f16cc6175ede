"""Tables of the Urban Institute's Education Data Portal, fetched page by page into a folder."""

from __future__ import annotations

from app.services.portal.fetch import fetch_portal
from app.services.portal.settings import ENDPOINTS, PUBLIC_ADDRESS, Clock, PortalError, PortalRequest, PortalSettings

__all__ = ["ENDPOINTS", "PUBLIC_ADDRESS", "Clock", "PortalError", "PortalRequest", "PortalSettings", "fetch_portal"]
