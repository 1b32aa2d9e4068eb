"""A screenshot with a palette: a page has few colours, and its picture becomes half as large."""

import base64
import struct
import zlib

from playwright.async_api import Page

SIGNATURE = b"\x89PNG\r\n\x1a\n"
REDUCE = """async (encoded) => {
  const image = await createImageBitmap(new Blob([Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0))]));
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const colours = [...counts].sort((a, b) => b[1] - a[1]).map(([pixel]) => pixel);
  const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const palette = colours.slice(0, 256).map(parts);
  const nearest = (pixel) => {
    const wanted = parts(pixel);
    const far = palette.map((one) => one.reduce((sum, part, at) => sum + (part - wanted[at]) ** 2, 0));
    return far.indexOf(Math.min(...far));
  };
  const places = new Map(colours.map((pixel, at) => [pixel, at < 256 ? at : nearest(pixel)]));
  const text = Array.from(pixels, (pixel) => String.fromCharCode(places.get(pixel))).join('');
  return { width: image.width, height: image.height, palette: palette.flat(), places: btoa(text) };
}"""
"""The browser decodes its own picture: the 256 most frequent colours, and for each pixel the nearest of them."""


async def small_png(page: Page, png: bytes) -> bytes:
    """The same picture in at most 256 colours."""
    found = await page.evaluate(REDUCE, base64.b64encode(png).decode())
    width, places = found["width"], base64.b64decode(found["places"])
    rows = b"".join(b"\0" + places[at : at + width] for at in range(0, len(places), width))
    header = struct.pack(">IIBBBBB", width, found["height"], 8, 3, 0, 0, 0)
    chunks = (b"IHDR", header), (b"PLTE", bytes(found["palette"])), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
