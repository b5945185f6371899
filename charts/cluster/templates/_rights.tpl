{{/*
  What the provisioner may do, in the namespace of the homes and nowhere else, in each cluster: what Helm needs to write releases of charts/home, and what it
  takes to see how they stand. Each right is in the table of the README, with its reason. No volume is ever its to delete.
*/}}
{{- define "cluster.rights" -}}
{{- $write := list "get" "list" "watch" "create" "patch" "delete" -}}
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get, list, create, update, patch, delete]
  - apiGroups: [""]
    resources: [serviceaccounts, services, configmaps]
    verbs: {{ $write | toJson }}
  - apiGroups: [""]
    resources: [persistentvolumeclaims]
    verbs: [get, create, patch]
  - apiGroups: [""]
    resources: [pods]
    verbs: [list]
  - apiGroups: [apps]
    resources: [deployments]
    verbs: {{ $write | toJson }}
  - apiGroups: [policy]
    resources: [poddisruptionbudgets]
    verbs: {{ $write | toJson }}
  - apiGroups: [networking.k8s.io]
    resources: [networkpolicies, ingresses]
    verbs: {{ $write | toJson }}
  - apiGroups: [gateway.networking.k8s.io]
    resources: [httproutes]
    verbs: {{ $write | toJson }}
{{- end -}}

{{/* And in that of the shared homes alone, for what leads people to them. */}}
{{- define "cluster.routesRights" -}}
{{- $write := list "list" "create" "patch" "delete" -}}
- apiGroups: [gateway.networking.k8s.io]
  resources: [listenersets]
  verbs: {{ $write | toJson }}
- apiGroups: [cert-manager.io]
  resources: [certificates]
  verbs: {{ $write | toJson }}
{{- end -}}

{{- define "cluster.role" -}}
{{- $name := include "common.name" (merge (dict "part" "homes") .) -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}
  namespace: {{ .root.Values.homes.namespace }}
  labels: {{- include "common.labels" . | nindent 4 }}
{{ include "cluster.rights" .root }}
{{- include "cluster.routesRights" . | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}
  namespace: {{ .root.Values.homes.namespace }}
  labels: {{- include "common.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ $name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "common.name" . }}
    namespace: {{ .root.Release.Namespace }}
{{- end -}}
