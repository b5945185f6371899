import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** Sends a file of the folder `media/`. The caller has asked whether this visitor may have it. */
export function sendMedia(web: Web, visit: Visit, { file, type }: { file: string; type: string }): void {
	const { response } = visit;
	response.setHeader('content-type', type);
	// Opened by itself it is a picture and nothing else, whatever is in it.
	response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
	response.setHeader('cross-origin-resource-policy', 'same-origin');
	response.setHeader('x-robots-tag', 'noindex');
	response.sendFile(
		web.context.media.pathOf(file),
		{ cacheControl: false, lastModified: false, etag: false },
		(error) => {
			if (!error || response.headersSent) return;
			web.context.log.error('media_not_sent', { branch: web.context.id, error });
			response.status(404).end();
		},
	);
}
