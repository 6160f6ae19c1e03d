"""A zip file that is being written member by member; the last member in pieces."""

import zipfile

archive = zipfile.ZipFile("out.zip", "w", zipfile.ZIP_DEFLATED)
for step in range(6):
    archive.writestr(zipfile.ZipInfo(f"{step}.txt"), f"step {step}\n" * 100)
    print(step, archive.namelist(), archive.read(f"{step}.txt")[:7])
info = zipfile.ZipInfo("last.txt")
info.compress_type = zipfile.ZIP_DEFLATED
with archive.open(info, "w") as member:
    for step in range(4):
        print("last", step, member.write(b"piece %d of the last\n" % step * 50))
archive.close()
with zipfile.ZipFile("out.zip") as again:
    print(again.testzip(), [(info.filename, info.file_size, info.CRC) for info in again.infolist()])
    print(again.read("last.txt")[::100])
del archive, again, info, member  # the packed size may be another
