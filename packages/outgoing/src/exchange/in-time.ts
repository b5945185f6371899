/**
 * Waits for work, but no longer than a signal allows; rejects with the signal's reason. The client library heeds the signal only once
 * it is connected, so that without this a name server that does not answer would hold a request beyond its time.
 */
export function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		const stop = () => reject(signal.reason);
		if (signal.aborted) stop();
		signal.addEventListener('abort', stop, { once: true });
		work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
	});
}
