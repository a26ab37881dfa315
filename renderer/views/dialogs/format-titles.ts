import type { FormatName } from '../../../main/contract/transfer.ts'

/** Formats by the names they are known by; not translated. */
export const FORMAT_TITLES: Readonly<Record<FormatName, string>> = {
  'coco-instances': 'COCO instances',
  'coco-panoptic': 'COCO panoptic',
  'coco-stuff': 'COCO stuff',
  'coco-results': 'COCO results',
  'coco-stuff-maps': 'COCO stuff pixel maps',
  voc: 'PASCAL VOC',
  cityscapes: 'Cityscapes',
  yolo: 'YOLO segmentation',
  labelme: 'labelme JSON',
  'label-png': 'Label PNG',
  datumaro: 'Datumaro JSON',
  cvat: 'CVAT XML 1.1',
}
