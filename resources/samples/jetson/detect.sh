#!/bin/sh
# Finds parts in pictures, a folder ("pictures/*.jpg"), a video or a camera (csi://0, /dev/video0), with detectnet of
# jetson-inference. The first start takes minutes: TensorRT fits the model to this Jetson and keeps the result beside it.
#
#   ./jetson/detect.sh picture.jpg found.jpg
#   ./jetson/detect.sh csi://0
here=$(cd "$(dirname "$0")" && pwd)
exec detectnet --model="$here/model.onnx" --labels="$here/labels.txt" \
  --input-blob=input_0 --output-cvg=scores --output-bbox=boxes \
  --threshold="${THRESHOLD:-0.5}" --clustering="${CLUSTERING:-0.5}" "$@"
