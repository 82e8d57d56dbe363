using System.Runtime.InteropServices;
using CoreEngine.Runtime;

namespace CoreEngine.Operators.Tests;

/// <summary>
/// Random programs of element-wise, broadcasting, reducing, random and updating operators, which read and overwrite a few
/// arrays in any order, give the same bits on the threaded engine as when each call runs at once.
/// </summary>
[TestClass]
public sealed class EngineEquivalenceTests
{
    private const int Arrays = 6;
    private const int Calls = 120;

    // Large enough for the kernels to share it among threads.
    private static readonly Shape s_shape = new(48, 700);

    private static readonly string[] s_unary =
    [
        "relu",
        "sigmoid",
        "tanh",
        "sin",
        "abs",
        "square",
        "floor",
        "rint",
        "negative",
        "arctan",
        "cbrt",
        "sign",
    ];

    private static readonly string[] s_binary =
    [
        "elemwise_add",
        "elemwise_sub",
        "elemwise_mul",
        "_maximum",
        "_minimum",
        "_hypot",
        "_mod",
        "_greater",
    ];

    private static readonly string[] s_scalar = ["_plus_scalar", "_mul_scalar", "_rminus_scalar", "_maximum_scalar"];

    private static readonly string[] s_reductions = ["sum", "mean", "max", "min", "argmax"];

    private static readonly string[] s_broadcasts =
    [
        "broadcast_add",
        "broadcast_sub",
        "broadcast_mul",
        "broadcast_maximum",
    ];

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void Threaded_and_inline_engines_agree_to_the_bit(int seed)
    {
        Engine before = Engine.Default;
        try
        {
            using var inline = new NaiveEngine();
            byte[][] expected = RunOn(inline, seed);
            using var threaded = new ThreadedEngine();
            byte[][] actual = RunOn(threaded, seed);
            for (int i = 0; i < Arrays; i++)
            {
                Assert.IsTrue(expected[i].AsSpan().SequenceEqual(actual[i]), $"array {i} differs, seed {seed}");
            }
        }
        finally
        {
            Engine.Default = before;
        }
    }

    private static byte[][] RunOn(Engine engine, int seed)
    {
        Engine.Default = engine;
        RandomState.Seed((ulong)seed);
        var random = new Random(seed);
        using var scope = new ArrayScope();
        var arrays = new NDArray[Arrays];
        for (int i = 0; i < Arrays; i++)
        {
            arrays[i] = NDArray.RandomNormal(0, 1, s_shape);
        }

        for (int i = 0; i < Calls; i++)
        {
            CallOne(random, arrays);
        }

        byte[][] bytes = Array.ConvertAll(arrays, array => MemoryMarshal.AsBytes(array.AsSpan<float>()).ToArray());
        engine.WaitForAll();
        return bytes;
    }

    private static void CallOne(Random random, NDArray[] arrays)
    {
        NDArray x = Pick(random, arrays);
        NDArray y = Pick(random, arrays);
        int target = random.Next(Arrays);
        // Half of the calls overwrite an array that others may still read.
        NDArray?[] output = random.Next(2) == 0 ? [arrays[target]] : [];
        NDArray result = random.Next(8) switch
        {
            0 => Imperative.Invoke(Pick(random, s_unary), [x], null, output)[0],
            1 or 2 => Imperative.Invoke(Pick(random, s_binary), [x, y], null, output)[0],
            3 => Imperative.Invoke(Pick(random, s_scalar), [x], Of(("scalar", "0.75")), output)[0],
            4 => Imperative.Invoke(Pick(random, s_broadcasts), [x, Reduced(random, y)], null, output)[0],
            5 => Imperative.Invoke("where", [Imperative.Invoke("_lesser", [x, y])[0], x, y], null, output)[0],
            6 => Imperative.Invoke(
                "sgd_mom_update",
                [arrays[target], x, y],
                Of(("lr", "0.01"), ("momentum", "0.5")),
                [arrays[target]]
            )[0],
            _ => Imperative.Invoke("clip", [x + y], Of(("a_min", "-3"), ("a_max", "3")), output)[0],
        };
        arrays[target] = result;
    }

    private static NDArray Reduced(Random random, NDArray x)
    {
        string axis = random.Next(2) == 0 ? "0" : "1";
        string name = Pick(random, s_reductions);
        return Imperative.Invoke(name, [x], Of(("axis", axis), ("keepdims", "1")))[0];
    }

    private static Dictionary<string, string> Of(params (string Key, string Value)[] attributes) =>
        attributes.ToDictionary(pair => pair.Key, pair => pair.Value);

    private static T Pick<T>(Random random, T[] items) => items[random.Next(items.Length)];
}
