import { MOST_PINNED } from '../../services/acting.ts';
import { LONGEST_POST } from '../../services/drafting.ts';
import { LONGEST_FIELD, LONGEST_FIELD_NAME, MOST_FIELDS } from '../../services/fields.ts';
import { TAKEN_TYPES } from '../../services/media-type.ts';
import { MOST_PIXELS } from '../../services/pictures.ts';
import { LONGEST_NAME, LONGEST_SUMMARY } from '../../services/profile.ts';
import { LONGEST_CHOICE, MOST_CHOICES, OPEN_FOR } from '../../services/question.ts';
import { LARGEST, LONGEST_DESCRIPTION, MOST_MEDIA } from '../../services/uploading.ts';

/** In the place of a limit that Mastodon has and a branch has not; the largest number every app can read. */
const UNLIMITED = 2 ** 31 - 1;
/** Apps count each link as this many characters. A branch counts links as they are, so it is what Mastodon says, which apps expect. */
const CHARACTERS_OF_A_LINK = 23;
const HOUR = 3600;

/** What a branch takes, in the words of Mastodon's `configuration`: each number is the one that is held to when something is sent. */
export function limits() {
	return {
		accounts: {
			max_featured_tags: 0,
			max_pinned_statuses: MOST_PINNED,
			max_display_name_length: LONGEST_NAME,
			max_note_length: LONGEST_SUMMARY,
			max_profile_fields: MOST_FIELDS,
			profile_field_name_limit: LONGEST_FIELD_NAME,
			profile_field_value_limit: LONGEST_FIELD,
		},
		statuses: {
			max_characters: LONGEST_POST,
			max_media_attachments: MOST_MEDIA,
			characters_reserved_per_url: CHARACTERS_OF_A_LINK,
		},
		media_attachments: {
			description_limit: LONGEST_DESCRIPTION,
			supported_mime_types: TAKEN_TYPES,
			image_size_limit: LARGEST.picture,
			image_matrix_limit: MOST_PIXELS,
			video_size_limit: LARGEST.video,
			video_frame_rate_limit: UNLIMITED,
			video_matrix_limit: UNLIMITED,
		},
		polls: {
			max_options: MOST_CHOICES,
			max_characters_per_option: LONGEST_CHOICE,
			min_expiration: OPEN_FOR[0] * HOUR,
			max_expiration: OPEN_FOR[OPEN_FOR.length - 1]! * HOUR,
		},
	};
}
