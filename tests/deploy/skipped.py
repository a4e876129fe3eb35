"""What is not proven here, because the emulator cannot do it."""

SKIPPED = {
    "gradual deployment is only translated, not carried out": "ministack has no CodeDeploy",
    "the front door's schema and mapping template are carried out here, its route is looked at, and nothing is sent through "
    "API Gateway": "ministack leaves validators, models and mapping templates out of an API's definition",
    "README's commands are run for this machine's instruction set, and not optimised; `sam build` for arm64 is not":
        "functions run on this machine, and cross-compiling all of it again takes too long for every check",
    "README's deployment to production is run with GradualDeployment=false": "ministack has no CodeDeploy",
    "alarms are looked at, and never go off": "ministack has no metrics of queues",
    "policies that deny plain HTTP and permissions of roles are looked at, and not enforced":
        "ministack answers everybody, over HTTP",
    "MaximumConcurrency is set once more after each deployment": "ministack keeps a parameter's number as text",
    "point-in-time recovery, expiry and reserved concurrency are in the template, and not looked at":
        "ministack leaves them out of what it creates",
    "the maximum receive count is looked at, and no message is received five times":
        "waiting for the backoffs would take minutes; tests of the simulator do it",
}


def say():
    for what, why in SKIPPED.items():
        print(f"NOT PROVEN: {what}: {why}")
