# syntax=docker/dockerfile:1
# The program on Debian 12, built as ./dev builds it.
#
#   docker build -t status-validator .
#   docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" -e OPENAI_API_KEY status-validator --config config.yaml
#
# /work is where it starts: settings, sheets, reviews and the answer cache lie in the mounted folder.

FROM debian:12-slim AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# ./dev installs what is missing. The commit's time, where git is not in the context: --build-arg SOURCE_DATE_EPOCH=…
ARG SOURCE_DATE_EPOCH=315532800
ENV SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH}
RUN ./dev package && mv build/package/*.deb /status-validator.deb

FROM debian:12-slim
COPY --from=build /status-validator.deb /tmp/status-validator.deb
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates /tmp/status-validator.deb \
  && rm -rf /tmp/status-validator.deb /var/lib/apt/lists/* \
  && useradd --system --uid 10001 --create-home --home-dir /home/validator validator \
  && mkdir /work && chown validator /work
USER 10001
WORKDIR /work
ENV LANG=C.UTF-8
ENTRYPOINT ["status-validator"]
CMD ["--help"]
