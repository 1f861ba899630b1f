# docker build -t msglint . && docker run --rm -v "$PWD:/work" msglint check prompts/
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY validator validator
RUN python -m venv --without-pip /opt/msglint \
    && pip --python /opt/msglint/bin/python install --no-cache-dir .

FROM python:3.12-slim
COPY --from=build /opt/msglint /opt/msglint
ENV PATH=/opt/msglint/bin:$PATH
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["msglint"]
CMD ["--help"]
