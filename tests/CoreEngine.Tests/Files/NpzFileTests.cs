using System.IO.Compression;
using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Files;

[TestClass]
public sealed class NpzFileTests
{
    // Files that NumPy's savez and savez_compressed wrote.
    private const string Plain =
        "UEsDBBQAAAAAAAAAIQCa+/UjkAAAAJAAAAAIABQAYmlhcy5ucHkBABAAkAAAAAAAAACQAAAAAAAAAJNOVU1QWQEAdgB7J2Rl"
        + "c2NyJzogJzxpOCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAQAAAAAAAAD+/////////1BLAwQUAAAAAAAAACEA"
        + "T+kAKpgAAACYAAAACQAUAGFycl8wLm5weQEAEACYAAAAAAAAAJgAAAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnPGY0Jywg"
        + "J2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACAPwAAAEAAAEBAAACAQAAAoEBQSwECFAMUAAAAAAAAACEAmvv1"
        + "I5AAAACQAAAACAAAAAAAAAAAAAAAgAEAAAAAYmlhcy5ucHlQSwECFAMUAAAAAAAAACEAT+kAKpgAAACYAAAACQAAAAAAAAAA"
        + "AAAAgAHKAAAAYXJyXzAubnB5UEsFBgAAAAACAAIAbQAAAJ0BAAAAAA==";

    private const string Compressed =
        "UEsDBBQAAAAIAAAAIQCa+/UjSwAAAJAAAAAIABQAYmlhcy5ucHkBABAAkAAAAAAAAABLAAAAAAAAAJvsF+obEMnIUMZQrZ6S"
        + "WpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC5GBgj49x8CAFBLAwQUAAAACAAA"
        + "ACEAT+kAKlUAAACYAAAACQAUAGFycl8wLm5weQEAEACYAAAAAAAAAFUAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNm"
        + "oq6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKxpo6CrUKZAMuBjBosAcSDkAExA1AvMABAFBLAQIUAxQAAAAI"
        + "AAAAIQCa+/UjSwAAAJAAAAAIAAAAAAAAAAAAAACAAQAAAABiaWFzLm5weVBLAQIUAxQAAAAIAAAAIQBP6QAqVQAAAJgAAAAJ"
        + "AAAAAAAAAAAAAACAAYUAAABhcnJfMC5ucHlQSwUGAAAAAAIAAgBtAAAAFQEAAAAA";

    [TestMethod]
    [DataRow(Plain)]
    [DataRow(Compressed)]
    public void ReadsWhatNumPyWrote(string file)
    {
        var pool = new StoragePool(Device.Cpu());
        using (StoredArrayList list = Read(Convert.FromBase64String(file), pool))
        {
            CollectionAssert.AreEqual(new[] { "bias", "arr_0" }, list.Names.ToArray());
            CollectionAssert.AreEqual(new[] { 1L, -2 }, list.Arrays[0].Data.Values<long>().ToArray());
            Assert.AreEqual("(2,3)", list.Arrays[1].Shape.ToString());
            CollectionAssert.AreEqual(new[] { 0f, 1, 2, 3, 4, 5 }, list.Arrays[1].Data.Values<float>().ToArray());
        }

        Assert.AreEqual(0, pool.Statistics.InUse);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void EveryTypeComesBack(bool isCompressed)
    {
        var pool = new StoragePool(Device.Cpu());
        using StoredArrayList all = Samples.Everything(pool);
        StoredArray[] arrays = [.. all.Arrays.Take(7), Samples.Array(pool, [1_000_000], new float[1_000_000])];
        string[] names = [.. all.Names.Take(7), "zeros"];
        using var folder = new TemporaryFolder();
        NpzFile.Save(folder["a.npz"], arrays, names, isCompressed);
        Assert.AreEqual(isCompressed, new FileInfo(folder["a.npz"]).Length < 100_000);
        using StoredArrayList back = NpzFile.Load(folder["a.npz"], pool);
        CollectionAssert.AreEqual(names, back.Names.ToArray());
        for (int i = 0; i < arrays.Length; i++)
        {
            Assert.AreEqual(arrays[i].Shape, back.Arrays[i].Shape);
            Assert.AreEqual(arrays[i].DType, back.Arrays[i].DType);
            CollectionAssert.AreEqual(arrays[i].Data.Bytes.ToArray(), back.Arrays[i].Data.Bytes.ToArray());
        }

        byte[] bytes = File.ReadAllBytes(folder["a.npz"]);
        NpzFile.Save(folder["b.npz"], back.Arrays, back.Names, isCompressed);
        CollectionAssert.AreEqual(bytes, File.ReadAllBytes(folder["b.npz"]));
    }

    [TestMethod]
    public void ChangedValuesAreFound()
    {
        byte[] file = Convert.FromBase64String(Plain);
        int value = file.AsSpan().IndexOf("@@\0\0"u8);
        file[value] ^= 1;
        Refuse(file, "check sum is wrong");
    }

    [TestMethod]
    public void MembersThatNumPyWouldNotWriteAreRefused()
    {
        byte[] npy = Npy();
        Refuse(Zip(("notes.txt", npy)), "'notes.txt' is no .npy file");
        Refuse(Zip(("a.npy", npy), ("a.npy", npy)), "'a.npy' is there twice");
        Refuse(Zip(("a.npy", [.. npy, 0])), "a.npy, at byte 136: more bytes follow");
        Refuse(Zip(("a.npy", npy[..^1])), "the values should take 8 bytes");
        Refuse([], "no intact zip file");
        Refuse([1, 2, 3], "no intact zip file");
        Refuse(Convert.FromBase64String(Plain)[..^30], "no intact zip file");
        using StoredArrayList none = Read(Zip(), new StoragePool(Device.Cpu()));
        Assert.IsEmpty(none.Arrays);
    }

    [TestMethod]
    public void MembersThatShareBytesAreRefused()
    {
        // A directory whose second line names the first member's bytes under another name of the same length.
        byte[] file = Zip(("a.npy", new byte[50_000]), ("b.npy", []));
        Span<byte> directory = file.AsSpan(file.AsSpan().IndexOf("PK\x01\x02"u8));
        int second = directory[4..].IndexOf("PK\x01\x02"u8) + 4;
        directory[16..46].CopyTo(directory[(second + 16)..]);
        Refuse(file, "they overlap");
    }

    [TestMethod]
    public void PackedNothingTakesNoMoreThanThePoolGives()
    {
        var pool = new StoragePool(Device.Cpu()) { Limit = 8 << 20 };
        byte[] header = Npy()[..128];
        byte[] text = System.Text.Encoding.ASCII.GetBytes(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999,), }"
        );
        header.AsSpan(10).Fill((byte)' ');
        text.CopyTo(header, 10);
        header[^1] = (byte)'\n';
        byte[] bomb = Zip(("a.npy", [.. header, .. new byte[100_000_000]]));
        Assert.IsLessThan(1 << 20, bomb.Length);
        Assert.ThrowsExactly<DeviceOutOfMemoryException>(() => Read(bomb, pool).Dispose());
        Assert.AreEqual(0, pool.Statistics.InUse);
    }

    [TestMethod]
    public void WhatTheFormatLacksIsNotWritten()
    {
        var pool = new StoragePool(Device.Cpu());
        using StoredArrayList all = Samples.Everything(pool);
        using var stream = new MemoryStream();
        StoredArray dense = all.Arrays[0];
        foreach (StoredArray array in new[] { all.Arrays[7], all.Arrays[8], all.Arrays[9] })
        {
            Assert.ThrowsExactly<ArgumentException>(() => NpzFile.Write(stream, [array], ["a"]));
        }

        Assert.ThrowsExactly<ArgumentException>(() => NpzFile.Write(stream, [dense], []));
        Assert.ThrowsExactly<ArgumentException>(() => NpzFile.Write(stream, [dense, dense], ["a", "a"]));
        Assert.ThrowsExactly<ArgumentException>(() => NpzFile.Write(stream, [dense], [new string('a', 65_533)]));
        Assert.AreEqual(0, stream.Length);
        Assert.ThrowsExactly<ArgumentException>(() => NpzFile.Read(new OneWayStream(Zip()), "a pipe"));
    }

    private static byte[] Npy()
    {
        using StoredArray array = Samples.Array(new StoragePool(Device.Cpu()), [2], 1f, 2f);
        using var stream = new MemoryStream();
        NpyFile.Write(stream, array);
        return stream.ToArray();
    }

    private static byte[] Zip(params (string Name, byte[] Contents)[] members)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] contents) in members)
            {
                using Stream member = archive.CreateEntry(name).Open();
                member.Write(contents);
            }
        }

        return stream.ToArray();
    }

    private static StoredArrayList Read(byte[] file, StoragePool pool) =>
        NpzFile.Read(new MemoryStream(file), "x.npz", pool);

    private static void Refuse(byte[] file, string problem)
    {
        var pool = new StoragePool(Device.Cpu());
        var error = Assert.ThrowsExactly<FileFormatException>(() => Read(file, pool).Dispose());
        Assert.Contains(problem, error.Message);
        Assert.StartsWith("x.npz", error.Message);
        Assert.AreEqual(0, pool.Statistics.InUse);
    }
}
