# docker build -t msglint . && docker run --rm -v "$PWD:/work" msglint check prompts/
FROM python:3.12-slim AS build
WORKDIR /source
COPY hatch_build.py pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY scripts/prepare.py scripts/
COPY validator validator
RUN python -m venv --without-pip /opt/msglint \
    && pip --python /opt/msglint/bin/python install --no-cache-dir . \
    && echo '{}' | /opt/msglint/bin/msglint check --isolated --exit-zero -

FROM python:3.12-slim
COPY --from=build /opt/msglint /opt/msglint
ENV PATH=/opt/msglint/bin:$PATH
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["msglint"]
CMD ["--help"]
