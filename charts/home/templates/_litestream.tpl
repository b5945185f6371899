{{/* It follows what the home tells it over the socket: the databases that are open or changed, and no others. */}}
{{- define "home.litestreamConfig" -}}
addr: ":9090"
socket:
  enabled: true
  path: /litestream/control.sock
  permissions: 0600
{{- end -}}

{{/* Where the copies lie, a folder for each branch and epoch. */}}
{{- define "home.litestreamReplica" -}}
{{- $at := .Values.litestream -}}
{{- $said := list -}}
{{- with $at.endpoint }}{{ $said = append $said (printf "endpoint=%s" (. | urlquery)) }}{{ end -}}
{{- with $at.region }}{{ $said = append $said (printf "region=%s" (. | urlquery)) }}{{ end -}}
{{- printf "s3://%s/%s" $at.bucket ($at.path | default (printf "homes/%s" .Release.Name)) -}}
{{- with $said }}?{{ join "&" . }}{{ end -}}
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

{{/* By digest when there is one; the tag stays before it, for people who read it. */}}
{{- define "home.litestreamImage" -}}
{{- if .digest -}}{{ regexReplaceAll "@.*$" .image "" }}@{{ .digest }}{{- else -}}{{ .image }}{{- end -}}
{{- end -}}

{{/* A container that begins before the home and ends after it, so that the last change is copied too. */}}
{{- define "home.litestream" -}}
- name: litestream
  image: {{ include "home.litestreamImage" .Values.litestream | quote }}
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
    - {name: scratch, mountPath: /litestream, subPath: litestream-control}
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
