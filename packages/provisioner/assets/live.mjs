// The one script of the console: shows how far something is while it goes on. What it shows is drawn by the console and is what a reload would show; it sends
// nothing, keeps nothing and decides nothing. Without it there is the link that loads the page again.

const place = document.querySelector('[data-stream]');
const lost = document.getElementById('live-lost');

/** Puts what changed in its place; what did not change is left alone, with the focus that may be in it. */
function show(drawn) {
	const next = document.createElement('template');
	next.innerHTML = drawn;
	for (const part of next.content.querySelectorAll('[data-part]')) {
		const shown = place.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
		if (!shown || shown.innerHTML === part.innerHTML) continue;
		const hadFocus = shown.contains(document.activeElement);
		shown.replaceChildren(...part.childNodes);
		if (hadFocus) {
			// Whoever was at a button that is gone stays at the place where it was.
			shown.tabIndex = -1;
			shown.focus();
		}
	}
}

if (place) {
	let source = null;
	let hasEnded = false;
	const follow = () => {
		source = new EventSource(place.dataset.stream);
		source.addEventListener('drawn', ({ data }) => show(data));
		source.addEventListener('end', () => {
			hasEnded = true;
			source.close();
		});
		source.addEventListener('open', () => lost?.setAttribute('hidden', ''));
		// A connection that broke off is made again by the browser, which names what it had last; one that was refused is not.
		source.addEventListener('error', () => {
			if (source.readyState === EventSource.CLOSED) lost?.removeAttribute('hidden');
		});
	};
	follow();
	// What nobody looks at is not followed: a browser has few connections to one place, and so has whoever is at it.
	document.addEventListener('visibilitychange', () => {
		if (hasEnded) return;
		source.close();
		if (!document.hidden) follow();
	});
}
