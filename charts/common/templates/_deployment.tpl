{{/*
  One role as a Deployment of one pod. `Recreate`, because two processes must never open one folder: the old one is gone before the
  new one begins. Takes: root, role, part, settings (cpu, memory, secret ...), environment, claim (or none: a folder that may be lost), accountToken,
  beside (containers that begin before and end after it), volumes, mounts, checksum, stopped, secretsVolume.
*/}}
{{- define "common.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  replicas: {{ if .stopped }}0{{ else }}1{{ end }}
  revisionHistoryLimit: 2
  progressDeadlineSeconds: {{ .root.Values.progressDeadlineSeconds }}
  strategy:
    type: Recreate
  selector:
    matchLabels: {{- include "common.selector" . | nindent 6 }}
  template:
    metadata:
      # Without the chart's version: a new chart that changes nothing here restarts nobody.
      labels:
        {{- include "common.selector" . | nindent 8 }}
        {{- with .root.Values.labels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        understory/secrets-version: {{ .settings.secret.version | quote }}
        {{- with .checksum }}
        understory/config: {{ . }}
        {{- end }}
        {{- with .root.Values.authorities }}
        understory/authorities: {{ . | sha256sum }}
        {{- end }}
        {{- with .root.Values.pod.annotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "common.name" . }}
      automountServiceAccountToken: {{ .accountToken | default false }}
      enableServiceLinks: false
      terminationGracePeriodSeconds: 45
      securityContext: {{- include "common.podSecurity" . | nindent 8 }}
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      {{- with .root.Values.pod.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with .root.Values.pod.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.pod.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .beside }}
      initContainers: {{- . | nindent 8 }}
      {{- end }}
      containers:
        - {{- include "common.roleContainer" . | nindent 10 }}
      volumes:
        - name: data
          {{- if .claim }}
          persistentVolumeClaim:
            claimName: {{ .claim }}
          {{- else }}
          emptyDir:
            sizeLimit: 1Gi
          {{- end }}
        - name: scratch
          emptyDir:
            sizeLimit: 1Gi
        - name: secrets
          {{- with .secretsVolume }}
          {{- . | nindent 10 }}
          {{- else }}
          secret:
            secretName: {{ .settings.secret.name }}
            defaultMode: 288 # 0440
          {{- end }}
        {{- if .root.Values.authorities }}
        - name: authorities
          configMap:
            # Of the whole release, so without the part.
            name: {{ include "common.name" (dict "root" .root "part" "authorities") }}
        {{- end }}
        {{- with .volumes }}
        {{- . | nindent 8 }}
        {{- end }}
{{- end -}}
