/** COCO's class names by number, from 1; numbers that COCO leaves unused have no name. */
const names: Readonly<Record<number, string>> = Object.fromEntries(
  [
    'person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light',
    'fire hydrant,,stop sign,parking meter,bench,bird,cat,dog,horse,sheep',
    'cow,elephant,bear,zebra,giraffe,,backpack,umbrella,,',
    'handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove',
    'skateboard,surfboard,tennis racket,bottle,,wine glass,cup,fork,knife,spoon',
    'bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut',
    'cake,chair,couch,potted plant,bed,,dining table,,,toilet',
    ',tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster',
    'sink,refrigerator,,book,clock,vase,scissors,teddy bear,hair drier,toothbrush',
  ]
    .flatMap((line) => line.split(','))
    .map((name, index): [number, string] => [index + 1, name]),
);

/** Name of the base model's class index (0-based); its number where COCO has no name for it. */
export function cocoName(classIndex: number): string {
  return names[classIndex + 1] || `class ${classIndex + 1}`;
}
