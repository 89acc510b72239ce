FROM python:3.11-slim
WORKDIR /srv/hanqiao
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt && useradd --system --home /var/lib/hanqiao hanqiao \
    && mkdir -p /var/lib/hanqiao && chown hanqiao /var/lib/hanqiao
COPY . .
ENV FLASK_APP=wsgi PYTHONUNBUFFERED=1
USER hanqiao
CMD ["honcho", "start", "--no-prefix", "web"]
