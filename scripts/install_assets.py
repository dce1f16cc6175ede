"""
Bring the browser assets that package.json pins and put them where the library and the service read them.

The npm packages are fetched by name and version, checked against their recorded hashes and unpacked into a temporary
folder; what is needed is copied into ``clustering/outputs/assets``, ``app/pages/static/vendor`` and, for the tests,
``node_modules`` (all kept out of git), each with its licence. Run by ``make setup``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import shapely

ROOT = Path(__file__).resolve().parent.parent
LIBRARY_ASSETS = ROOT / "clustering" / "outputs" / "assets"
PAGE_ASSETS = ROOT / "app" / "pages" / "static" / "vendor"
TEST_ASSETS = ROOT / "node_modules" / "axe-core"

# The outlines stay below 0.6 MB, and a school on the border still looks to be in its state.
SIMPLIFY_DEGREES = 0.01
# About 100 m: finer than the simplified outlines are.
DECIMALS = 3


def main() -> None:
    """Fetch, check, unpack and copy."""
    pins = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    versions = pins["dependencies"] | pins["devDependencies"]
    for target in (LIBRARY_ASSETS, PAGE_ASSETS, TEST_ASSETS):
        target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fetch(versions, folder)
        for package, version in versions.items():
            unpack(folder / f"{package}-{version}.tgz", pins["integrity"][package], folder / package)
        install_leaflet(folder / "leaflet" / "package")
        install_states(folder / "us-atlas" / "package")
        install_swagger(folder / "swagger-ui-dist" / "package")
        install_axe(folder / "axe-core" / "package")
    print(f"Browser assets are in {LIBRARY_ASSETS.relative_to(ROOT)} and {PAGE_ASSETS.relative_to(ROOT)}.")


def fetch(versions: dict[str, str], folder: Path) -> None:
    """Bring the packages as archives; npm runs none of their scripts."""
    npm = shutil.which("npm") or str(Path(sys.executable).with_name("npm"))
    wanted = [f"{package}@{version}" for package, version in versions.items()]
    quietly = ["--ignore-scripts", "--loglevel=error", "--no-update-notifier"]
    command = [npm, "pack", *wanted, *quietly, "--pack-destination", str(folder)]
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    except FileNotFoundError:
        sys.exit("There is no npm; run make setup, which brings one.")
    except subprocess.CalledProcessError:
        sys.exit(f"npm could not bring {', '.join(wanted)}; what it said is above.")


def unpack(archive: Path, integrity: str, target: Path) -> None:
    """Unpack an archive whose hash is the recorded one; any other stops the work."""
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != integrity:
        sys.exit(f"{archive.name} is not the package that package.json records: its hash is sha512-{digest}.")
    # The hash vouches for its paths; extraction filters are newer than Debian 12's Python.
    shutil.unpack_archive(archive, target, "gztar")


def install_leaflet(package: Path) -> None:
    """Leaflet's script, and its style sheet with every image inside it, so that a map is one file."""

    def embedded(match: re.Match[str]) -> str:
        image = base64.b64encode((package / "dist" / match.group(1)).read_bytes()).decode()
        return f"url(data:image/png;base64,{image})"

    style = (package / "dist" / "leaflet.css").read_text(encoding="utf-8")
    style = re.sub(r"url\((images/[\w-]+\.png)\)", embedded, style)
    (LIBRARY_ASSETS / "leaflet.css").write_text(style, encoding="utf-8")
    copy_text(package / "dist" / "leaflet.js", LIBRARY_ASSETS / "leaflet.js")
    shutil.copy(package / "LICENSE", LIBRARY_ASSETS / "leaflet-LICENSE.txt")


def install_states(package: Path) -> None:
    """Outlines of the states, longitude and latitude, simplified together so that no gaps open between neighbours."""
    states = gpd.read_file(package / "states-10m.json", layer="states")
    outlines = shapely.coverage_simplify(states.geometry.to_numpy(), SIMPLIFY_DEGREES)
    outlines = shapely.set_precision(outlines, 10**-DECIMALS)
    named = gpd.GeoDataFrame({"name": states["name"]}, geometry=outlines, crs="EPSG:4326")
    target = LIBRARY_ASSETS / "states.geojson"
    target.unlink(missing_ok=True)
    named.sort_values("name").to_file(target, driver="GeoJSON", COORDINATE_PRECISION=DECIMALS, RFC7946="YES")
    shutil.copy(package / "LICENSE", LIBRARY_ASSETS / "us-atlas-LICENSE.txt")


def install_swagger(package: Path) -> None:
    """The pages of the API documentation."""
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        copy_text(package / name, PAGE_ASSETS / name)
    for name in ("favicon-32x32.png", "swagger-ui-bundle.js.LICENSE.txt"):
        shutil.copy(package / name, PAGE_ASSETS / name)
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(package / name, PAGE_ASSETS / f"swagger-ui-{name}.txt")


def install_axe(package: Path) -> None:
    """The accessibility checks that the browser tests run in a page."""
    for name in ("axe.min.js", "LICENSE"):
        shutil.copy(package / name, TEST_ASSETS / name)


def copy_text(source: Path, target: Path) -> None:
    """Copy a script or style sheet without its reference to a source map: not shipped, it would be a request."""
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"\s*(//|/\*)# sourceMappingURL=\S*\s*\Z", "\n", text)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
