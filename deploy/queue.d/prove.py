"""What deploy/queue does: see there. Arguments: BUTIK CLUSTER_URL FOLDER CLUSTER_LOG PICTURES."""

import sys

import hanging, killed, line

faults = killed.prove(int(sys.argv[5])) + hanging.prove() + line.prove(sys.argv[4])
for fault in faults:
    print(f"FAILED: {fault}", file=sys.stderr)
sys.exit(1 if faults else 0)
