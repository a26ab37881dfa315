import { FIRST_TABLES } from './0001-first-tables.ts'
import { UNCERTAINTY } from './0002-uncertainty.ts'
import { REVIEW } from './0003-review.ts'
import { IMAGE_FILTERS } from './0004-image-filters.ts'
import { AUDIT } from './0005-audit.ts'
import { REMEMBERED_TRAITS } from './0006-remembered-traits.ts'
import { REMEMBERED_CHECKPOINTS } from './0007-remembered-checkpoints.ts'
import { RESOLVED_JOBS } from './0008-resolved-jobs.ts'

/** 'Mskw': in the header of every project file, so that no other SQLite file is taken for one. */
export const APPLICATION_ID = 0x4d736b77

/** The migrations in order; the file's `user_version` is how many of them it has had. Never change one that was released. */
export const MIGRATIONS: readonly string[] = [FIRST_TABLES, UNCERTAINTY, REVIEW, IMAGE_FILTERS, AUDIT, REMEMBERED_TRAITS, REMEMBERED_CHECKPOINTS, RESOLVED_JOBS]
