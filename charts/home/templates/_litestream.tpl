{{/* Finds every branch below the folder by itself, also one that comes later. */}}
{{- define "home.litestreamConfig" -}}
{{- $at := .Values.litestream -}}
addr: ":9090"
dbs:
  - dir: /data
    pattern: branch.sqlite
    recursive: true
    watch: true
    monitor-interval: 10s
    replica:
      type: s3
      bucket: {{ $at.bucket | quote }}
      path: {{ $at.path | default (printf "homes/%s" .Release.Name) | quote }}
      {{- with $at.endpoint }}
      endpoint: {{ . | quote }}
      {{- end }}
      {{- with $at.region }}
      region: {{ . | quote }}
      {{- end }}
      sync-interval: 1s
{{- end -}}

{{- define "home.litestreamMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "common.name" (merge (dict "part" "litestream") .) }}
  labels: {{- include "common.labels" . | nindent 4 }}
data:
  litestream.yml: |
    {{- include "home.litestreamConfig" .root | nindent 4 }}
{{- end -}}

{{/* A container that begins before the home and ends after it, so that the last change is copied too. */}}
{{- define "home.litestream" -}}
- name: litestream
  image: {{ .Values.litestream.image | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  restartPolicy: Always
  args: [replicate, -config, /config/litestream.yml]
  env:
    - {name: AWS_SHARED_CREDENTIALS_FILE, value: /credentials/credentials}
    - {name: HOME, value: /tmp}
  ports:
    - {name: metrics, containerPort: 9090, protocol: TCP}
  securityContext: {{- include "common.containerSecurity" . | nindent 4 }}
  resources: {{- include "common.resources" .Values.litestream | nindent 4 }}
  startupProbe: &metrics
    httpGet: {path: /metrics, port: metrics}
    periodSeconds: 5
    timeoutSeconds: 5
    failureThreshold: 12
  livenessProbe: *metrics
  readinessProbe: *metrics
  volumeMounts:
    - {name: data, mountPath: /data}
    - {name: scratch, mountPath: /tmp, subPath: litestream}
    - {name: litestream, mountPath: /config, readOnly: true}
    - {name: litestream-credentials, mountPath: /credentials, readOnly: true}
{{- end -}}

{{- define "home.litestreamVolumes" -}}
- name: litestream
  configMap:
    name: {{ include "common.name" (merge (dict "part" "litestream") .) }}
- name: litestream-credentials
  secret:
    secretName: {{ .root.Values.litestream.secretName }}
    defaultMode: 288 # 0440
{{- end -}}
