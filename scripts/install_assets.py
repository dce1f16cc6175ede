"""
Bring the browser assets that package.json pins and put them where the library and the service read them.

Each npm package is fetched, checked against its recorded hash and unpacked into a temporary folder; what is needed is
copied into ``clustering/assets`` and ``app/pages/static/vendor`` (both kept out of git). Run by ``make setup``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import geopandas as gpd
import shapely

ROOT = Path(__file__).resolve().parent.parent
LIBRARY_ASSETS = ROOT / "clustering" / "assets"
PAGE_ASSETS = ROOT / "app" / "pages" / "static" / "vendor"
TEST_ASSETS = ROOT / "node_modules" / "axe-core"
# Degrees; the outlines stay below 0.6 MB and neighbours keep their common borders.
SIMPLIFY_DEGREES = 0.01


def main() -> None:
    """Fetch, check, unpack and copy."""
    pins = json.loads((ROOT / "package.json").read_text())
    wanted = pins["dependencies"] | pins["devDependencies"]
    with tempfile.TemporaryDirectory() as folder:
        packages = {name: fetch(name, wanted[name], pins["integrity"][name], Path(folder)) for name in sorted(wanted)}
        for target in (LIBRARY_ASSETS, PAGE_ASSETS, TEST_ASSETS):
            target.mkdir(parents=True, exist_ok=True)
        install_leaflet(packages["leaflet"])
        install_states(packages["us-atlas"])
        install_swagger(packages["swagger-ui-dist"])
        shutil.copy(packages["axe-core"] / "axe.min.js", TEST_ASSETS / "axe.min.js")
    print(f"Browser assets are in {LIBRARY_ASSETS.relative_to(ROOT)} and {PAGE_ASSETS.relative_to(ROOT)}.")


def fetch(name: str, version: str, integrity: str, folder: Path) -> Path:
    """Bring one package and return the folder it was unpacked into; the hash decides whether it is the one meant."""
    npm = shutil.which("npm") or str(Path(sys.executable).with_name("npm"))
    command = [npm, "pack", f"{name}@{version}", "--silent", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    archive = folder / f"{name}-{version}.tgz"
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != integrity:
        sys.exit(f"{name} {version} is not the package that package.json records: its hash is sha512-{digest}.")
    with tarfile.open(archive) as packed:
        packed.extractall(folder / name, filter="data")
    return folder / name / "package"


def install_leaflet(package: Path) -> None:
    """Leaflet's script, and its style sheet with every image inside it, so that a map is one file."""
    script = (package / "dist" / "leaflet.js").read_text()
    # The source map is not shipped, and a reference to it would be a request.
    (LIBRARY_ASSETS / "leaflet.js").write_text(re.sub(r"//# sourceMappingURL=.*", "", script))
    style = (package / "dist" / "leaflet.css").read_text()

    def embedded(match: re.Match[str]) -> str:
        image = base64.b64encode((package / "dist" / match.group(1)).read_bytes()).decode()
        return f"url(data:image/png;base64,{image})"

    (LIBRARY_ASSETS / "leaflet.css").write_text(re.sub(r"url\((images/[\w-]+\.png)\)", embedded, style))
    shutil.copy(package / "LICENSE", LIBRARY_ASSETS / "leaflet-LICENSE.txt")


def install_states(package: Path) -> None:
    """Outlines of the states, longitude and latitude, simplified together so that no gaps open between neighbours."""
    states = gpd.read_file(package / "states-10m.json", layer="states")
    geometry = shapely.coverage_simplify(states.geometry.to_numpy(), SIMPLIFY_DEGREES)
    outlines = gpd.GeoDataFrame({"name": states["name"]}, geometry=geometry, crs="EPSG:4326")
    outlines.geometry = shapely.set_precision(outlines.geometry.to_numpy(), 0.001)
    target = LIBRARY_ASSETS / "states.geojson"
    target.unlink(missing_ok=True)
    outlines.to_file(target, driver="GeoJSON", COORDINATE_PRECISION=3, RFC7946="YES")
    shutil.copy(package / "LICENSE", LIBRARY_ASSETS / "us-atlas-LICENSE.txt")


def install_swagger(package: Path) -> None:
    """The pages of the API documentation."""
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png", "LICENSE"):
        shutil.copy(package / name, PAGE_ASSETS / (name if name != "LICENSE" else "swagger-ui-LICENSE.txt"))


if __name__ == "__main__":
    main()
