# syntax=docker/dockerfile:1
# The page and the program are built on the builder's own platform and
# cross-compiled: amd64 and arm64 need no emulation.
#
#   docker buildx build --platform linux/amd64,linux/arm64 -t leadrelay .

FROM --platform=$BUILDPLATFORM node:22-bookworm-slim AS page
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS program
ARG TARGETOS
ARG TARGETARCH
ENV CGO_ENABLED=0
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=page /src/web/dist ./web/dist
RUN mkdir -p out/data && GOOS=$TARGETOS GOARCH=$TARGETARCH go build -buildvcs=false -tags nomsgpack -trimpath -ldflags "-s -w" -o out/leadrelay ./cmd/leadrelay

# busybox is there for the health check and for a look inside; the program
# itself needs nothing but its own file.
FROM alpine:3.22
COPY --from=program /src/out/leadrelay /usr/local/bin/leadrelay
COPY --from=program --chown=65532:65532 /src/out/data /data
USER 65532:65532
ENV LEADRELAY_LISTEN=0.0.0.0:8080 \
    LEADRELAY_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["/usr/local/bin/leadrelay"]
CMD ["serve"]
