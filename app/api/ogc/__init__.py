"""
The interface that map programs speak: OGC API Features and OGC API Processes, under ``/ogc``.

A thin layer: what a collection holds is read by ``app.services.layers``, pages of features by
``clustering.IndexedLayer``, and jobs are those of ``POST /proposals``. It describes itself in ``/ogc/api``.
"""

from app.api.ogc import features, processes

ROUTERS = (features.router, processes.router)
