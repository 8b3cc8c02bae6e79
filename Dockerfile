# docker build -t webserver .
# docker run -it --rm -p 8080:8080 webserver                                 the menu, then the game
# docker run -d -p 8080:8080 webserver                                       no terminal: the first game of the library
# docker run -d -p 8080:8080 -e WEBSERVER_GAME=2048 webserver                that game
# docker exec CONTAINER webserver publish carrot-tower                       another game
# docker run -it --rm -p 8080:8080 -v "$PWD:/webserver:ro" webserver         your config.toml and games/ instead

FROM rust:1-slim-bookworm AS build
WORKDIR /build
# Static, so that the image needs nothing else in it.
ENV RUSTFLAGS="-C target-feature=+crt-static"
# The dependencies are a layer of their own: changing the program does not build them again.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src tests/integration tests/bench \
    && echo 'fn main() {}' | tee src/main.rs tests/integration/main.rs tests/bench/respond.rs tests/bench/bare.rs tests/bench/floor.rs \
    && touch src/lib.rs \
    && cargo build --profile dist --locked --target "$(rustc -vV | sed -n 's/^host: //p')"
COPY config.toml ./
COPY src src
COPY games games
RUN touch src/main.rs src/lib.rs \
    && cargo build --profile dist --locked --target "$(rustc -vV | sed -n 's/^host: //p')" \
    && cp target/*/dist/webserver /webserver \
    && mkdir -p /writable/run /writable/tmp

FROM scratch
COPY --from=build /webserver /usr/bin/webserver
# For `webserver add https://...`.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# For the control socket, and for what does not fit into memory.
COPY --from=build --chown=10001:10001 /writable /
ENV XDG_RUNTIME_DIR=/run
# The place for a config.toml and a folder `games`; without them, the bundled games are the library.
WORKDIR /webserver
# Without a terminal and a name, the first game, or the waiting page: an error would only restart the container.
ENV PATH=/usr/bin WEBSERVER_UNATTENDED=true
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=2s CMD ["webserver", "health"]
ENTRYPOINT ["webserver"]
CMD ["8080"]
