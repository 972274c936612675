# The image holds one static binary, the certificates of public authorities and
# nothing else: no shell, no package manager, no user but a number.
#
#   docker build --build-arg VERSION=v1.0.0 -t otsbot .
#
# It is compiled on the machine that builds, for the platform that is asked for:
#
#   docker buildx build --platform linux/amd64,linux/arm64 -t registry.example.com/otsbot:v1.0.0 --push .

# A Go that go.mod accepts, by the digest of its index for all platforms, so that
# a tag that is moved changes nothing here. This image brings the certificates,
# too. For another: docker buildx imagetools inspect golang:1.26.8
FROM --platform=$BUILDPLATFORM docker.io/library/golang:1.26.8@sha256:3c3e25a4da13fd0478eed2df1eb35a0e667094a7124d3993a6a1d30f71c17e79 AS build
WORKDIR /src
# Modules change less often than code: their download is a layer of its own.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION
# timetzdata puts the time zones into the binary. There is no .git here, so the
# version comes from outside.
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -tags timetzdata \
    -ldflags "-s -w -X main.version=$VERSION" -o /otsbot ./cmd/otsbot

FROM scratch
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="otsbot" \
      org.opencontainers.image.description="Shares one-time links to secrets in Slack" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /otsbot /otsbot
# A number, since Kubernetes can't tell whether a name is root. 65532 is what
# others call "nonroot".
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/otsbot"]
