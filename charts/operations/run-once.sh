#!/usr/bin/env bash
# Runs a verb of a service's program once, as a Job with the image and the environment of its Deployment, and shows what it said.
#
#   run-once.sh SERVICE VERB…      e.g. run-once.sh monitoring rotate-keys
#
# NAMESPACE (governance) is where the suite is. The Job carries none of the service's labels: it is to get no calls.
set -euo pipefail
service=$1 job=$1-$2-$(date -u +%Y%m%d%H%M%S)
shift
kubectl() { command kubectl --namespace "${NAMESPACE:-governance}" "$@"; }

kubectl get deployment "$service" --output json |
  jq --arg name "$job" '{
    apiVersion: "batch/v1", kind: "Job", metadata: { name: $name },
    spec: {
      backoffLimit: 2, ttlSecondsAfterFinished: 604800,
      template: {
        spec: (.spec.template.spec | del(.initContainers, .topologySpreadConstraints) | .restartPolicy = "Never"
          | .containers |= [.[0] | del(.ports, .startupProbe, .livenessProbe, .readinessProbe, .lifecycle) | .args = $ARGS.positional])
      }
    }
  }' --args -- "$@" |
  kubectl apply --filename -
kubectl wait --for=jsonpath='{.status.ready}'=1 "job/$job" --timeout=5m || true
kubectl logs --follow "job/$job"
kubectl wait --for=condition=Complete "job/$job" --timeout=1m
