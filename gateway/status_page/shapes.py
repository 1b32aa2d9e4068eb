"""One shape for each status, told apart without colour."""

from gateway.status_page.view import Shown

WORDS: dict[Shown, str] = {
    "healthy": "Healthy",
    "degraded": "Degraded",
    "down": "Down",
    "unknown": "Unknown",
    "maintenance": "Maintenance",
}
_CUT = 'stroke="var(--surface)" stroke-width="1.8" stroke-linecap="round"'
_SHAPES: dict[Shown, str] = {
    "healthy": f'<circle cx="8" cy="8" r="7"/><path fill="none" {_CUT} d="M4.8 8.2l2.2 2.2 4.3-4.6"/>',
    "degraded": f'<path d="M8 1.2 15.2 14.800H.8z"/><path {_CUT} d="M8 6v3.600M8 12.100v.05"/>',
    "down": (
        '<path d="M5.1 1h5.800L15 5.100v5.800L10.9 15H5.100L1 10.900V5.100z"/>'
        f'<path {_CUT} d="M5.6 5.600l4.8 4.800M10.4 5.600l-4.8 4.8"/>'
    ),
    "unknown": (
        '<g fill="none" stroke="currentColor" stroke-width="1.6">'
        '<circle cx="8" cy="8" r="6.2" stroke-dasharray="2.6 2.270"/>'
        '<path stroke-linecap="round" '
        'd="M6.3 6.500a1.750 1.750 0 1 1 2.5 1.600c-.5.250-.8.600-.8 1.200M8 11.350v.05"/></g>'
    ),
    "maintenance": (
        '<rect x="1.2" y="1.2" width="13.6" height="13.6" rx="3"/><path fill="var(--surface)" d="M11.4 4.300'
        'a2.6 2.6 0 0 0-3.5 3.100L4.6 10.700l.9.900 3.3-3.300a2.6 2.6 0 0 0 3.1-3.500L10.4 6.3 9.7 5.600z"/>'
    ),
}
SYMBOLS = "".join(
    f'<symbol id="{status}" viewBox="0 0 16 16">{drawing}</symbol>' for status, drawing in _SHAPES.items()
)


def shape(status: Shown, size: int = 16) -> str:
    square = f'class="s-{status}" width="{size}" height="{size}" fill="currentColor"'
    return f'<svg {square} aria-hidden="true"><use href="#{status}"/></svg>'
