"""Walks over directed graphs, without recursion: a chain of ten thousand services is no problem."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]
"""Where each node leads to; a node that is missing leads nowhere."""


def graph_of(pairs: Iterable[tuple[str, str]]) -> Graph:
    """The graph with these arrows."""
    ahead: dict[str, list[str]] = defaultdict(list)
    for source, target in pairs:
        ahead[source].append(target)
    return dict(ahead)


def turned(graph: Graph) -> Graph:
    """The same graph with every arrow turned around."""
    return graph_of((target, source) for source, targets in graph.items() for target in targets)


def components(nodes: Iterable[str], graph: Graph) -> list[list[str]]:
    """Strongly connected components (Kosaraju), members sorted; each comes after all that it leads to."""
    back = turned(graph)
    seen: set[str] = set()
    found = [sorted(_walk(node, back, seen)) for node in reversed(_finished(nodes, graph)) if node not in seen]
    return found[::-1]


def nearest(starts: Iterable[str], graph: Graph) -> dict[str, str | None]:
    """Breadth first from all starts at once: each node reached, with the one it was reached from (None: a start)."""
    before: dict[str, str | None] = dict.fromkeys(starts)
    queue = list(before)
    for node in queue:
        for target in graph.get(node, ()):
            if target not in before:
                before[target] = node
                queue.append(target)
    return before


def path(node: str, before: Mapping[str, str | None]) -> list[str]:
    """From a node back to the start that `nearest` reached it from, both included."""
    way = [node]
    while (previous := before[way[-1]]) is not None:
        way.append(previous)
    return way


def _finished(nodes: Iterable[str], graph: Graph) -> list[str]:
    """All nodes in the order in which a depth-first walk is done with them."""
    seen: set[str] = set()
    done: list[str] = []
    for start in nodes:
        if start in seen:
            continue
        seen.add(start)
        work = [(start, iter(graph.get(start, ())))]
        while work:
            node, ahead = work[-1]
            target = next((t for t in ahead if t not in seen), None)
            if target is None:
                work.pop()
                done.append(node)
            else:
                seen.add(target)
                work.append((target, iter(graph.get(target, ()))))
    return done


def _walk(start: str, graph: Graph, seen: set[str]) -> list[str]:
    """What can be reached from `start` and was not seen before."""
    seen.add(start)
    reached = [start]
    for node in reached:
        fresh = [target for target in dict.fromkeys(graph.get(node, ())) if target not in seen]
        seen.update(fresh)
        reached += fresh
    return reached
