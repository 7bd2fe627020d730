"""Makes golden/*.json, the numbers that tests compare Lineside with. See README.md beside this file."""

import coco_eval

if __name__ == "__main__":
    coco_eval.make()
