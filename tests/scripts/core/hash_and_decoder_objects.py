"""hashlib objects, zlib streams and incremental decoders under way: C objects that cannot be pickled."""

import codecs
import hashlib
import zlib

digest = hashlib.sha256()
squeeze = zlib.compressobj()
decoder = codecs.getincrementaldecoder("utf-8")()
packed, text = b"", ""
data = "naïve 漢字 🎉".encode()
for n, byte in enumerate(data):
    digest.update(bytes([byte]))
    packed += squeeze.compress(bytes([byte] * 50))
    text += decoder.decode(bytes([byte]))
    print(n, digest.hexdigest()[:8], ascii(text))
packed += squeeze.flush()
print(len(zlib.decompress(packed)), digest.copy().hexdigest()[:8], len(data) * 50)
