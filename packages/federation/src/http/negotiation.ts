const ACTIVITY_TYPES = new Set(['application/activity+json', 'application/ld+json']);

/**
 * Does an `Accept` header ask for ActivityPub? Only when it names one of its two types (ActivityPub 3.2), and not when it would
 * rather have a page: browsers, and whoever accepts anything, get the page.
 */
export function wantsActivity(accept: string | undefined): boolean {
	let activity = 0;
	let html = 0;
	for (const range of (accept ?? '').split(',')) {
		const { type, quality } = mediaRange(range);
		if (ACTIVITY_TYPES.has(type)) activity = Math.max(activity, quality);
		if (type === 'text/html' || type === 'application/xhtml+xml') html = Math.max(html, quality);
	}
	return activity > 0 && activity >= html;
}

/** Is this the type of a body that holds an activity? Parameters such as `profile` and `charset` do not matter. */
export function isActivityType(contentType: string | undefined): boolean {
	return ACTIVITY_TYPES.has(mediaRange(contentType ?? '').type);
}

function mediaRange(range: string): { type: string; quality: number } {
	const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
	const quality = parameters.find((parameter) => parameter.startsWith('q='));
	return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
}
