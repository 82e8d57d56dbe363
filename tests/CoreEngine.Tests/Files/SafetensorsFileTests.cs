using System.Text;
using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Files;

[TestClass]
public sealed class SafetensorsFileTests
{
    [TestMethod]
    public void WritesTheBytesOfTheFormatsOwnLibrary()
    {
        var pool = new StoragePool(Device.Cpu());
        using StoredArray zeros = Samples.Array(pool, [2, 2], 0, 0, 0, 0);
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, [zeros], ["test"]);
        byte[] expected =
        [
            .. "@\0\0\0\0\0\0\0"u8,
            .. """{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}    """u8,
            .. new byte[16],
        ];
        CollectionAssert.AreEqual(expected, stream.ToArray());
    }

    [TestMethod]
    public void EveryTypeComesBackWidestFirst()
    {
        var pool = new StoragePool(Device.Cpu());
        StoredArray[] arrays =
        [
            Samples.Array<byte>(pool, [3], 1, 2, 255),
            Samples.Array<sbyte>(pool, [2, 1], -1, 1),
            Samples.Array(pool, [1], (Half)3),
            Samples.Array(pool, [2], int.MinValue, 7),
            Samples.Array(pool, [2, 3], 1f, 2f, 3f, 4f, 5f, float.NaN),
            Samples.Array(pool, [1], 8f),
            Samples.Array(pool, [2], 1.5, -2.5),
            Samples.Array(pool, [1, 1, 2], long.MaxValue, 0),
        ];
        string[] names = ["bytes", "signed", "half", "int", "z", "naïve \"\\\n😀", "double", "long"];
        var texts = new Dictionary<string, string> { ["format"] = "pt", [""] = "déjà" };
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, arrays, names, texts);
        stream.Position = 0;
        using StoredArrayList back = SafetensorsFile.Read(stream, "memory", pool);
        int[] order = [7, 6, 5, 4, 3, 2, 1, 0];
        CollectionAssert.AreEqual(order.Select(i => names[i]).ToArray(), back.Names.ToArray());
        for (int i = 0; i < order.Length; i++)
        {
            Assert.AreEqual(arrays[order[i]].Shape, back.Arrays[i].Shape);
            Assert.AreEqual(arrays[order[i]].DType, back.Arrays[i].DType);
            CollectionAssert.AreEqual(arrays[order[i]].Data.Bytes.ToArray(), back.Arrays[i].Data.Bytes.ToArray());
        }

        CollectionAssert.AreEqual(texts.ToArray(), back.Metadata.ToArray());
        using var again = new MemoryStream();
        SafetensorsFile.Write(again, back.Arrays, back.Names, back.Metadata);
        CollectionAssert.AreEqual(stream.ToArray(), again.ToArray());
    }

    [TestMethod]
    public void OtherWritersOrdersAndTypesAreRead()
    {
        // The header's order is not that of the values; a scalar; bfloat16; an array without elements; odd spacing.
        using StoredArrayList list = Read(
            """
             { "b" : {"data_offsets":[4, 10], "shape":[3], "dtype":"BF16"}, "e":{"dtype":"F64","shape":[0,2],"data_offsets":[4,4]},
               "a\u00e9":{"dtype":"F32","shape":[],"data_offsets":[0,4]}, "t":{"dtype":"BOOL","shape":[1],"data_offsets":[10,11]}}

            """,
            [0, 0, 0x20, 0x40, 0x80, 0x3F, 0x80, 0xFF, 0xC1, 0x7F, 1]
        );
        CollectionAssert.AreEqual(new[] { "aé", "e", "b", "t" }, list.Names.ToArray());
        Assert.AreEqual("(1,)", list.Arrays[0].Shape.ToString());
        Assert.AreEqual(2.5f, list.Arrays[0].Data.Values<float>()[0]);
        Assert.AreEqual("(0,2)", list.Arrays[1].Shape.ToString());
        CollectionAssert.AreEqual(
            new[] { 1f, float.NegativeInfinity, float.NaN },
            list.Arrays[2].Data.Values<float>().ToArray()
        );
        Assert.AreEqual(1, list.Arrays[3].Data.Values<byte>()[0]);
        Assert.IsEmpty(list.Metadata);
    }

    [TestMethod]
    [DataRow("", "no JSON")]
    [DataRow("[]", "the header should be a JSON object")]
    [DataRow("{} {}", "no JSON")]
    [DataRow("{,}", "no JSON")]
    [DataRow("""{"a":1}""", "'a' should be an object")]
    [DataRow("""{"a":{}}""", "should have dtype, shape and two data_offsets")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "two data_offsets")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", "at most 2 whole numbers")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "whole numbers")]
    [DataRow("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "none negative")]
    [DataRow("""{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}""", "whole numbers")]
    [DataRow("""{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", "no JSON")]
    [DataRow("""{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}}""", "exceeds 64 bits")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "takes 8 bytes")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "takes 4 bytes")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "begin at 4, where 0 is expected")]
    [DataRow("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "the values should take 12 bytes")]
    [DataRow("""{"a":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}}""", "more bytes follow")]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        "neither overlap nor leave gaps"
    )]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        "has 'a' twice"
    )]
    [DataRow("""{"a":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}""", "'U64', which fits no array")]
    [DataRow("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "stands there twice")]
    [DataRow("""{"a":{"dtype":"F32","order":1,"shape":[2],"data_offsets":[0,8]}}""", "'order' of 'a' is unknown")]
    [DataRow("""{"__metadata__":{"a":1}}""", "texts only")]
    [DataRow("""{"__metadata__":{"a":"1","a":"1"}}""", "'a' twice")]
    [DataRow("""{"__metadata__":[]}""", "an object of texts")]
    [DataRow("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "no valid Unicode")]
    public void DamageIsNamed(string header, string problem)
    {
        var pool = new StoragePool(Device.Cpu());
        var error = Assert.ThrowsExactly<FileFormatException>(() => Read(header, new byte[8], pool).Dispose());
        Assert.Contains(problem, error.Message);
        Assert.StartsWith("x.safetensors", error.Message);
        Assert.AreEqual(0, pool.Statistics.InUse);
        Assert.IsLessThan(1 << 20, pool.Statistics.PeakReserved);
    }

    [TestMethod]
    public void HeadersThatAreTooLongAreRefusedUnread()
    {
        foreach (
            byte[] bytes in new[]
            {
                "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"u8.ToArray(),
                Encoding.Latin1.GetBytes("\x01\xE1\xF5\x05\0\0\0\0{}"),
            }
        )
        {
            var error = Assert.ThrowsExactly<FileFormatException>(() =>
                SafetensorsFile.Read(new MemoryStream(bytes), "x").Dispose()
            );
            Assert.Contains("this is no safetensors file", error.Message);
        }

        var cut = Assert.ThrowsExactly<FileFormatException>(() =>
            SafetensorsFile.Read(new MemoryStream([0x00, 0x10, 0, 0, 0, 0, 0, 0, (byte)'{']), "x").Dispose()
        );
        Assert.Contains("the header should take 4,096 bytes", cut.Message);
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
            Assert.ThrowsExactly<ArgumentException>(() => SafetensorsFile.Write(stream, [array], ["a"]));
        }

        Assert.ThrowsExactly<ArgumentException>(() => SafetensorsFile.Write(stream, [dense], []));
        Assert.ThrowsExactly<ArgumentException>(() => SafetensorsFile.Write(stream, [dense, dense], ["a", "a"]));
        Assert.ThrowsExactly<ArgumentException>(() => SafetensorsFile.Write(stream, [dense], ["__metadata__"]));
        Assert.AreEqual(0, stream.Length);
    }

    private static StoredArrayList Read(string header, byte[] values, StoragePool? pool = null)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        return SafetensorsFile.Read(
            new MemoryStream([.. BitConverter.GetBytes((ulong)text.Length), .. text, .. values]),
            "x.safetensors",
            pool
        );
    }
}
