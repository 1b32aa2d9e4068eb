{{- /* Labels of everything; of one component; and what selects its pods. Called with a list: root, component. */ -}}
{{- define "belfry.selector" -}}
app.kubernetes.io/name: belfry
app.kubernetes.io/instance: {{ (first .).Release.Name }}
app.kubernetes.io/component: {{ last . }}
{{- end -}}

{{- define "belfry.labels" -}}
{{ include "belfry.selector" . }}
app.kubernetes.io/part-of: belfry
app.kubernetes.io/version: {{ (first .).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (first .).Release.Service }}
helm.sh/chart: {{ (first .).Chart.Name }}-{{ (first .).Chart.Version }}
{{- end -}}

{{- define "belfry.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "belfry.nats" -}}
{{ .Values.nats.url | default (printf "%s://%s-nats:4222" (.Values.tls.nats | ternary "tls" "nats") .Release.Name) }}
{{- end -}}

{{- /* A pod with no rights, under this user. */ -}}
{{- define "belfry.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- /* Where the Secret with the certificate of a component is. Called with a list: root, component. */ -}}
{{- define "belfry.certificate" -}}
{{- (first .).Values.tls.secrets | default (first .).Values.secrets }}-{{ last . }}
{{- end -}}

{{- /* What is mounted at /etc/belfry/secrets. Called with a list: root, component. The job that migrates only trusts: it
has no certificate of its own. */ -}}
{{- define "belfry.secrets" -}}
{{- $root := first . -}}
{{- $component := last . -}}
{{- $tls := $root.Values.tls -}}
{{- if and $tls.secrets (or $tls.nats (and $tls.http (not (has $component (list "nats" "migrate"))))) -}}
projected:
  defaultMode: 0440
  sources:
    - secret: {name: {{ $root.Values.secrets }}-{{ $component }}}
    {{- if eq $component "migrate" }}
    - secret: {name: {{ $tls.secrets }}-nats, items: [{key: ca.crt, path: ca.crt}]}
    {{- else }}
    - secret: {name: {{ $tls.secrets }}-{{ $component }}}
    {{- end }}
{{- else -}}
secret: {secretName: {{ $root.Values.secrets }}-{{ $component }}, defaultMode: 0440}
{{- end -}}
{{- end -}}

{{- define "belfry.scheme" -}}
{{ .Values.tls.http | ternary "HTTPS" "HTTP" }}
{{- end -}}

{{- define "belfry.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- /* Over nodes, and over zones. Called with a list: root, component, whether a node may hold two. */ -}}
{{- define "belfry.spread" -}}
{{- $selector := include "belfry.selector" (list (index . 0) (index . 1)) -}}
{{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: {{ and (eq $key "kubernetes.io/hostname") (index $ 2) | ternary "DoNotSchedule" "ScheduleAnyway" }}
  labelSelector:
    matchLabels: {{- $selector | nindent 6 }}
{{- end }}
{{- end -}}

{{- /* What every process of ours is told. Called with a list: root, what processes.yaml says. */ -}}
{{- define "belfry.environment" -}}
{{- $root := first . -}}
{{- $process := last . -}}
- {name: NATS_URL, value: {{ include "belfry.nats" $root | quote }}}
- {name: BELFRY_NATS_SEED_FILE, value: /etc/belfry/secrets/nats.seed}
{{- if $root.Values.tls.nats }}
- {name: BELFRY_NATS_CA_FILE, value: /etc/belfry/secrets/ca.crt}
{{- end }}
{{- if and $root.Values.tls.http $process.ports }}
- {name: BELFRY_TLS_CERT_FILE, value: /etc/belfry/secrets/tls.crt}
- {name: BELFRY_TLS_KEY_FILE, value: /etc/belfry/secrets/tls.key}
{{- end }}
{{- if $process.stored }}
- {name: DATABASE_URL_FILE, value: /etc/belfry/secrets/database.url}
{{- end }}
{{- range $name, $file := $process.files }}
- {name: {{ $name }}, value: /etc/belfry/secrets/{{ $file }}}
{{- end }}
- {name: LOG_LEVEL, value: {{ $root.Values.logLevel }}}
- name: BELFRY_INSTANCE
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
{{- with $root.Values.tracesTo }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- end -}}

{{- /* What the gateway is told of the provider: oidc.userClaim is BELFRY_OIDC_USER_CLAIM, and so on. */ -}}
{{- define "belfry.oidc" -}}
{{- range $name, $value := omit .Values.oidc "clientSecretFile" }}
{{- with $value }}
- {name: BELFRY_OIDC_{{ $name | snakecase | upper }}, value: {{ join "," $value | quote }}}
{{- end }}
{{- end }}
{{- with .Values.oidc.clientSecretFile }}
- {name: BELFRY_OIDC_CLIENT_SECRET_FILE, value: /etc/belfry/secrets/{{ . }}}
{{- end }}
{{- end -}}
