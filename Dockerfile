# One image a service, each from nothing: a static program and no more, so there is no shell to break into and no package
# to patch. `cargo x image` puts the programs where they are taken from here.

FROM scratch AS fastjson-api
COPY target/image/fastjson-api /fastjson-api
# By number, because there is no file of users.
USER 65532:65532
EXPOSE 50051 9051
HEALTHCHECK --interval=5s --timeout=2s --start-period=5s --retries=3 CMD ["/fastjson-api", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/fastjson-api"]

FROM scratch AS rust-cache-server
COPY target/image/rust-cache-server /rust-cache-server
USER 65532:65532
EXPOSE 50052 9052
HEALTHCHECK --interval=5s --timeout=2s --start-period=5s --retries=3 CMD ["/rust-cache-server", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/rust-cache-server"]
