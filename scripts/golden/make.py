"""Makes golden/*.json, the numbers that tests compare Lineside with. See README.md beside this file."""

import boxes
import coco_eval
import loss

if __name__ == "__main__":
    boxes.make()
    loss.make()
    coco_eval.make()
