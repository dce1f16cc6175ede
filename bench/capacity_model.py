"""The multi-year plan of a generated country as an assignment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array

from bench.capacity_country import FIRST_FALL
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register
from clustering.capacity.solver.model import AssignmentModel


@dataclass(frozen=True, kw_only=True, eq=False)
class CountryModel:
    options: pd.DataFrame
    model: AssignmentModel
    objectives: np.ndarray


def build_country_model(needs: ZoneNeeds, register: Register, *, years: int, budget: float | None) -> CountryModel:
    zones, partners = needs.zones, register.partners
    d = distance(zones, partners)
    district = np.array([each[0] for each in needs.variants["district_ids"]])
    fits = (d <= partners["reach_km"].fillna(np.inf).to_numpy()[None, :])
    for p, reach in enumerate(partners["reach_districts"]):
        if reach:
            fits[:, p] &= np.isin(district, reach)
    size = needs.variants["school_count"].to_numpy()
    spare = (partners["maximum_schools"] - partners["schools_now"]).to_numpy()
    ceiling = (partners["growth_ceiling"] - partners["schools_now"]).to_numpy()
    growth = partners["growth_share"].fillna(0).to_numpy()
    fits &= size[:, None] <= np.where(growth > 0, ceiling, spare)[None, :]
    z, p = np.nonzero(fits)
    falls = np.arange(years)
    option = pd.DataFrame({"z": np.repeat(z, years), "p": np.repeat(p, years), "start": np.tile(falls, len(z))})
    option = option[option["start"].to_numpy() >= partners["earliest_start"].to_numpy(dtype=int)[option["p"]] - FIRST_FALL]
    z, p, s = (option[c].to_numpy() for c in ("z", "p", "start"))
    n = len(option)
    contract = partners["contract_years"].to_numpy(dtype=int)[p]
    rows, columns, data = [z], [np.arange(n)], [np.ones(n)]
    upper = [np.ones(len(zones))]
    at = len(zones)
    cost = partners["cost_per_school"].to_numpy()
    for fall in falls:
        active = (s <= fall) & (fall < s + contract)
        use = size[z] * active
        grown = use - growth[p] * size[z] * (fall >= s + 2)*(active)
        for quantity, limit in ((grown, spare), (use, ceiling)):
            w = np.flatnonzero(quantity)
            rows.append(at + p[w]); columns.append(w); data.append(quantity[w].astype(float))
            upper.append(limit.astype(float)); at += len(partners)
        if budget is not None:
            w = np.flatnonzero(active)
            rows.append(np.full(len(w), at)); columns.append(w); data.append((size[z] * cost[p])[w]); upper.append(np.array([budget])); at += 1
    up = np.concatenate(upper)
    usage = csr_array(coo_array((np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))), shape=(len(up), n)))
    served = np.minimum(contract, years - s)
    value = needs.variants["students"].to_numpy()[z] * served
    total_cost = size[z] * cost[p] * served
    model = AssignmentModel(values=value, usage=usage, lower=np.full(len(up), -np.inf), upper=up)
    preference = np.zeros(n)
    pairs = set(zip(register.preferences.partner_id, register.preferences.district_id))
    preference[:] = [(a, b) in pairs for a, b in zip(partners.index[p], district[z])]
    return CountryModel(options=option, model=model, objectives=np.array([value, preference, -total_cost]))


def distance(zones, partners):
    a, b = (np.radians(f[["latitude", "longitude"]].to_numpy(dtype=float)) for f in (zones, partners))
    h = np.sin((a[:, None, 0] - b[None, :, 0]) / 2) ** 2 + np.cos(a[:, None, 0]) * np.cos(b[None, :, 0]) * np.sin((a[:, None, 1] - b[None, :, 1]) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(h))
