using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Files;

[TestClass]
public sealed class NpyFileTests
{
    private const string Float32 =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLC"
        + "B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACA"
        + "PwAAAEAAAEBAAACAQAAAoEA=";

    private const string Float64Fortran =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNC"
        + "ksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAA"
        + "AAAAAAAAAChAAAAAAAAAEEAAAAAAAAAwQAAAAAAAACBAAAAAAAAANEAAAAAAAADwPwAAAAAAACpAAAAAAAAAFEAAAA"
        + "AAAAAxQAAAAAAAACJAAAAAAAAANUAAAAAAAAAAQAAAAAAAACxAAAAAAAAAGEAAAAAAAAAyQAAAAAAAACRAAAAAAAAA"
        + "NkAAAAAAAAAIQAAAAAAAAC5AAAAAAAAAHEAAAAAAAAAzQAAAAAAAACZAAAAAAAAAN0A=";

    private const string Int32BigEndian =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPmk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDIpLC"
        + "B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAA"
        + "AQAAAAIAAAADAAAABAAAAAU=";

    private const string Float16 =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDQsKSwgfS"
        + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAA8AEAA"
        + "Qg==";

    private const string Int64 =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDIpLC"
        + "B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr/////////"
        + "/wAAAAAAAQAA";

    private const string Bool =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfS"
        + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAE=";

    private const string Scalar =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gIC"
        + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAACBA";

    private const string Int8 =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnfGkxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDEpLC"
        + "B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr9BA==";

    private const string UInt8 =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfS"
        + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr6";

    private const string Version2 =
        "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8aTQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLC"
        + "B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAQAA"
        + "AAIAAAA=";

    private const string Version3 =
        "k05VTVBZAwB0AAAAeydkZXNjcic6ICc8aTQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLC"
        + "B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAQAA"
        + "AAIAAAA=";

    private const string UInt16 =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPHUyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfS"
        + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAEA";

    private const string Record =
        "k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxmNCcpXSwgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJz"
        + "ogKDEsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAA";

    // The texts above are files that NumPy wrote, in base64.
    [TestMethod]
    public void ReadsWhatNumPyWrote()
    {
        Check(Float32, "(2,3)", 0f, 1f, 2f, 3f, 4f, 5f);
        Check(Float64Fortran, "(2,3,4)", [.. Enumerable.Range(0, 24).Select(i => (double)i)]);
        Check(Int32BigEndian, "(3,2)", 0, 1, 2, 3, 4, 5);
        Check(Float16, "(4,)", (Half)0, (Half)1, (Half)2, (Half)3);
        Check(Int64, "(1,2)", -1L, 1L << 40);
        Check<byte>(Bool, "(3,)", 1, 0, 1);
        Check(Scalar, "(1,)", 2.5f);
        Check<sbyte>(Int8, "(2,1)", -3, 4);
        Check<byte>(UInt8, "(1,)", 250);
        Check(Version2, "(3,)", 0, 1, 2);
        Check(Version3, "(3,)", 0, 1, 2);
    }

    [TestMethod]
    [DataRow(Float32)]
    [DataRow(Float16)]
    [DataRow(Int64)]
    [DataRow(Int8)]
    [DataRow(UInt8)]
    public void WritesByteForByteWhatNumPyWrites(string base64)
    {
        byte[] bytes = Convert.FromBase64String(base64);
        using StoredArray array = NpyFile.Read(new MemoryStream(bytes), "x.npy");
        using var stream = new MemoryStream();
        NpyFile.Write(stream, array);
        CollectionAssert.AreEqual(bytes, stream.ToArray());
    }

    [TestMethod]
    [DataRow(UInt16, "the type '<u2' fits no array")]
    [DataRow(Record, "record types cannot be read")]
    public void OtherTypesAreRefusedWithARemedy(string base64, string problem)
    {
        var error = Assert.ThrowsExactly<FileFormatException>(() => Read(Convert.FromBase64String(base64)).Dispose());
        Assert.Contains(problem, error.Message);
    }

    [TestMethod]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", null)]
    [DataRow("{\"descr\":\"<f4\",\"fortran_order\":False,\"shape\":(1L,)}", null)]
    [DataRow("{'shape': (1), 'fortran_order': True, 'descr': '=f4'}   ", null)]
    [DataRow("", "should have '{'")]
    [DataRow("{'descr': '<f4', 'shape': (1,), }", "should hold descr, fortran_order and shape")]
    [DataRow("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", "neither True nor False")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "no list of at most 64 extents")]
    [DataRow(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "no list of at most 64 extents"
    )]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8), }", "exceed 64 bits")]
    [DataRow(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000,), }",
        "the values should take 4,000,000,000 bytes"
    )]
    [DataRow(
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
        "'descr' is unknown or stands there twice"
    )]
    [DataRow("{'descr': '<f4', 'more': '<f4', 'fortran_order': False, 'shape': (1,), }", "'more' is unknown")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", "and nothing else")]
    [DataRow("{'descr", "does not end")]
    public void HeadersAreReadStrictly(string header, string? problem)
    {
        byte[] bytes =
        [
            0x93,
            .. "NUMPY"u8,
            1,
            0,
            (byte)header.Length,
            0,
            .. System.Text.Encoding.Latin1.GetBytes(header),
            .. new byte[] { 0, 0, 0x80, 0x3F },
        ];
        if (problem is null)
        {
            using StoredArray array = Read(bytes);
            Assert.AreEqual(1f, array.Data.Values<float>()[0]);
        }
        else
        {
            var error = Assert.ThrowsExactly<FileFormatException>(() => Read(bytes).Dispose());
            Assert.Contains(problem, error.Message);
        }
    }

    [TestMethod]
    public void OtherFilesAndVersionsAreRefused()
    {
        var error = Assert.ThrowsExactly<FileFormatException>(() =>
            Read("PK\u0003\u0004 a zip file"u8.ToArray()).Dispose()
        );
        Assert.Contains("this is no .npy file", error.Message);
        byte[] bytes = Convert.FromBase64String(Float32);
        bytes[6] = 4;
        error = Assert.ThrowsExactly<FileFormatException>(() => Read(bytes).Dispose());
        Assert.Contains("version 4", error.Message);
    }

    [TestMethod]
    public void SavesAndLoadsFiles()
    {
        using var folder = new TemporaryFolder();
        var pool = new StoragePool(Device.Cpu());
        using StoredArray array = Samples.Array(pool, [2, 2], 1.0, 2, 3, 4);
        NpyFile.Save(folder["a.npy"], array);
        using StoredArray back = NpyFile.Load(folder["a.npy"], pool);
        CollectionAssert.AreEqual(new[] { 1.0, 2, 3, 4 }, back.Data.Values<double>().ToArray());
        Assert.ThrowsExactly<FileAccessException>(() => NpyFile.Load(folder["b.npy"]));
        using StoredArrayList all = Samples.Everything(pool);
        Assert.ThrowsExactly<ArgumentException>(() => NpyFile.Save(folder["a.npy"], all.Arrays[8]));
        Assert.ThrowsExactly<ArgumentException>(() => NpyFile.Save(folder["a.npy"], all.Arrays[9]));
    }

    private static StoredArray Read(byte[] bytes) => NpyFile.Read(new MemoryStream(bytes), "x.npy");

    private static void Check<T>(string base64, string shape, params T[] values)
        where T : unmanaged
    {
        using StoredArray array = Read(Convert.FromBase64String(base64));
        Assert.AreEqual(shape, array.Shape.ToString());
        CollectionAssert.AreEqual(values, array.Data.Values<T>().ToArray());
    }
}
