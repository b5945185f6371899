import type { Request, Response, Router } from 'express';

/** A page that shows how far something is. */
export interface LiveView {
	readonly view: string;
	readonly title: string;
	readonly data: object;
	/** When it has ended, nothing is watched any more. */
	readonly ended: boolean;
	readonly status?: number;
}

/** What the console lends to such pages. */
export interface LiveKit {
	/** The page; while it has not ended, with the script and the address of its stream. */
	showLive(request: Request, response: Response, shown: LiveView): void;
	/** The stream of its parts, drawn anew by `look`. */
	stream(request: Request, response: Response, look: () => Promise<LiveView>): Promise<void>;
}

/** Where the stream of a page is. */
export const STREAM = '/stream';

/** The routes of a page and of its stream, for whoever may look. */
export function livePage(
	router: Router,
	path: string,
	{ showLive, stream }: LiveKit,
	look: (request: Request, response: Response) => Promise<LiveView>,
): void {
	router.get(path, async (request, response) => {
		showLive(request, response, await look(request, response));
	});
	// A stream is what asks for one: something else may have this address, such as a cell of this name.
	router.get(path + STREAM, (request, response, next) =>
		/\btext\/event-stream\b/.test(request.headers.accept ?? '')
			? stream(request, response, () => look(request, response))
			: next(),
	);
}
