# Feeder Zones as a service: docker build -t feeder-zones . && docker compose up

FROM python:3.11-slim-bookworm AS base
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/zones/bin:$PATH

# What the service needs, every file checked against its hash.
FROM base AS packages
WORKDIR /build
COPY requirements/run.txt requirements/
RUN python -m venv /opt/zones \
    && pip install --require-hashes --only-binary :all: -r requirements/run.txt

# The wheel, browser assets inside. npm comes from requirements/node.txt; none of this stage is in the image.
FROM packages AS wheel
COPY requirements/build.txt requirements/node.txt requirements/
RUN pip install --require-hashes --only-binary :all: -r requirements/build.txt -r requirements/node.txt
COPY hatch_build.py pyproject.toml package.json README.md LICENSE ./
COPY scripts/install_assets.py scripts/
COPY clustering clustering
COPY app app
RUN python scripts/install_assets.py \
    && pip wheel --no-deps --no-index --no-build-isolation --wheel-dir dist .

FROM packages AS installed
RUN --mount=type=bind,from=wheel,source=/build/dist,target=/dist \
    pip install --no-deps --no-index /dist/*.whl

FROM base AS service
LABEL org.opencontainers.image.title="Feeder Zones" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --system --gid 10001 zones \
    && useradd --system --uid 10001 --gid zones --home-dir /data --shell /usr/sbin/nologin zones \
    && install -d -o zones -g zones -m 0750 /data
COPY --from=installed /opt/zones /opt/zones
COPY data/sample /srv/zones/data/sample
WORKDIR /srv/zones
# A container's loopback is its own: the service listens on every address of the container, and who reaches it is
# decided where its port is published. It starts without a key and answers nobody until there is one (docs/access.md).
ENV FEEDER_ZONES_DATA_DIRECTORY=/data \
    FEEDER_ZONES_ALLOW_REMOTE=true
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["zones", "serve", "--host", "0.0.0.0", "--port", "8000"]
