"""Burns processor time with as many threads as it gets, while the main thread waits for them."""
# ends: timeout

import threading


def burn():
    while True:
        pass


threads = [threading.Thread(target=burn) for _ in range(50)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
