/**
 * Indexes for lists of images by what is on them: an annotation's class, state, score and area are read from an index
 * alone, by image, by class or by score. `uncertainty` descending has its nulls last.
 */
export const IMAGE_FILTERS = `
DROP INDEX annotations_of_image;
DROP INDEX annotations_of_class;
CREATE INDEX annotations_of_image ON annotations (image_id, class_id, state, score, area_px2);
CREATE INDEX annotations_of_class ON annotations (class_id, image_id, state, score, area_px2);
CREATE INDEX annotations_of_score ON annotations (score, state, area_px2, image_id) WHERE score IS NOT NULL;
CREATE INDEX images_most_uncertain_first ON images (uncertainty DESC, folder_id, sort_key, id);
CREATE INDEX images_of_assignee ON images (assignee) WHERE assignee IS NOT NULL;
CREATE INDEX images_of_reviewer ON images (reviewer) WHERE reviewer IS NOT NULL;
CREATE INDEX images_with_comments ON images (open_comments) WHERE comments > 0;
CREATE INDEX images_reviewed ON images (review) WHERE review IS NOT NULL;
`
