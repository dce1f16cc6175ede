"""
The best choice among groups of options under a few limits, by dynamic programming with bounds.

Of each group at most one option is chosen. One group after another is looked at, and what the choices so far use and
bring is kept. Prices of the limits, such as those of the linear relaxation, bound what any of them can still become,
and what cannot become better than a choice that is known is dropped (Martello and Toth, 1990, chapter 3). Any prices
give a true bound, so that rounding in the relaxation spoils nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

# Among so few choices, looking for equal use does not pay.
_FEW_STATES = 64
# Use may be above a limit by no more than rounding: growth is a share of a school.
_USE = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupedOptions:
    """
    Options in groups.

    Parameters
    ----------
    profits
        ``(n_options,)``: what each adds.
    use
        ``(n_options, n_limits)``: what each uses of each limit; below 0 where it adds to one.
    group
        ``(n_options,)``: number of its group, from 0 on and with no number left out.
    upper
        ``(n_limits,)``.
    """

    profits: np.ndarray
    use: np.ndarray
    group: np.ndarray
    upper: np.ndarray


class _Ways(NamedTuple):
    """What may be done with a group: each option (-1: none of them), its use, and its profit less prices."""

    option: np.ndarray
    use: np.ndarray
    reduced: np.ndarray


class Found(NamedTuple):
    """Options chosen, by position; none if no choice above the floor was found. Whether all choices were followed."""

    options: np.ndarray
    is_proved: bool


def search_block(options: GroupedOptions, prices: np.ndarray, *, floor: float, width: int) -> Found:
    """
    Find the best choice, if one is better than what is known.

    Parameters
    ----------
    options
        At least one.
    prices
        ``(n_limits,)``, none below 0. The closer to the best prices, the faster.
    floor
        Only choices with a greater sum of profits are sought.
    width
        Of more choices than that at once, the most promising ones are followed.

    Returns
    -------
    found
        The best choice above the floor, if ``is_proved``.
    """
    none, is_proved = np.zeros(0, dtype=int), True
    worth = float(prices @ options.upper)
    groups, room = _open_ways(options, prices, room=worth - floor)
    if room <= 0:
        return Found(none, True)
    best_left = np.append(np.cumsum([ways.reduced.max() for ways in groups[::-1]])[::-1], 0.0)
    least_use = np.vstack([*(ways.use.min(axis=0) for ways in groups), np.zeros(len(options.upper))])
    least_left = np.cumsum(least_use[::-1], axis=0)[::-1]
    use, score, steps = np.zeros((1, len(options.upper))), np.zeros(1), []
    for number, ways in enumerate(groups, start=1):
        ends = (score[:, None] + ways.reduced[None, :]).ravel()
        kept = np.flatnonzero(ends + (worth + best_left[number] - floor) > 0)
        use = use[kept // len(ways.option)] + ways.use[kept % len(ways.option)]
        room_left = options.upper - least_left[number] + _USE
        ahead = _most_promising(use, ends[kept], room_left, width)
        is_proved &= len(ahead) < width
        kept, use = kept[ahead], use[ahead]
        if not len(kept):
            return Found(none, is_proved)
        score = ends[kept]
        steps.append((kept // len(ways.option), ways.option[kept % len(ways.option)]))
    values = score + use @ prices
    last = int(np.argmax(values))
    return Found(_trace(steps, last) if values[last] > floor else none, is_proved)


def _most_promising(use: np.ndarray, score: np.ndarray, upper: np.ndarray, width: int) -> np.ndarray:
    """Of choices within the limits, and of those with equal use the best, as many as are followed."""
    kept = np.flatnonzero((use <= upper).all(axis=1))
    if len(kept) > _FEW_STATES:
        kept = kept[_best_of_equals(use[kept], score[kept])]
    return kept if len(kept) < width else kept[np.argsort(-score[kept], kind="stable")[:width]]


def _open_ways(options: GroupedOptions, prices: np.ndarray, *, room: float) -> tuple[list[_Ways], float]:
    """
    Ways of each group that a better choice may take, and how far the bound is above the floor.

    A way that is worth less than the best of its group by more than that is in no better choice. The groups come first
    in which the two best ways differ most: there few choices are left.
    """
    count = int(options.group.max()) + 1
    reduced = np.append(options.profits - options.use @ prices, np.zeros(count))
    group, option = np.append(options.group, np.arange(count)), np.append(np.arange(len(options.group)), [-1] * count)
    use = np.vstack([options.use, np.zeros((count, len(options.upper)))])
    order = np.lexsort((option, -reduced, group))
    first = np.searchsorted(group[order], np.arange(count))
    best = reduced[order[first]]
    room += float(best.sum())
    regret = best - reduced[order[first + 1]]
    order = order[best[group[order]] - reduced[order] < room]
    parts = np.split(order, np.searchsorted(group[order], np.arange(1, count)))
    ways = [_Ways(option[part], use[part], reduced[part]) for part in parts]
    return [ways[number] for number in np.argsort(-regret, kind="stable")], room


def _best_of_equals(use: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Of choices with equal use, the first with the greatest score; in the order of the choices."""
    order = np.argsort(-score, kind="stable")
    rows = np.ascontiguousarray(use[order] + 0.0)
    first = np.unique(rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))), return_index=True)[1]
    return np.sort(order[first])


def _trace(steps: list[tuple[np.ndarray, np.ndarray]], last: int) -> np.ndarray:
    """Walk back from the last choice to the options of all groups."""
    chosen = []
    for parents, options in reversed(steps):
        chosen.append(int(options[last]))
        last = int(parents[last])
    return np.array(sorted(option for option in chosen if option >= 0), dtype=int)
