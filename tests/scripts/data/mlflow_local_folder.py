"""MLflow with a local folder: the run that is active goes on, and no other is begun."""

import os

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"

import mlflow

mlflow.set_tracking_uri("file:./mlruns")
run = mlflow.start_run()
for step in range(6):
    mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_param(f"p{step}", step)
    print(step, mlflow.active_run().info.run_id == run.info.run_id)
client = mlflow.MlflowClient()
print([(m.step, m.value) for m in client.get_metric_history(run.info.run_id, "loss")])
mlflow.end_run()
print(len(client.search_runs(["0"])), sorted(client.get_run(run.info.run_id).data.params.items()))
del run, client
