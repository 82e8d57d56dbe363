using CoreEngine.Runtime;

namespace CoreEngine.Large.Tests;

/// <summary>
/// Tests on arrays of more than 2^31 elements. New memory from the system reads as zero and takes no room until it is
/// written, so most of an array is never touched; what a test wrote goes back to the system at its end.
/// </summary>
public abstract class LargeTestBase : IDisposable
{
    /// <summary>More elements than 32 bits count, and no round number.</summary>
    protected const long Many = (1L << 31) + 4099;

    private ArrayScope _arrays = null!;

    [TestInitialize]
    public void Begin()
    {
        StoragePool.For(Device.Cpu()).Trim();
        _arrays = new ArrayScope();
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _arrays.Dispose();
        Engine.Default.WaitForAll();
        StoragePool.For(Device.Cpu()).Trim();
    }

    /// <summary>A large array of zeros that takes no memory yet; small ones come from memory that was used before.</summary>
    protected static NDArray Untouched(Shape shape, DType dtype = DType.UInt8) => new(shape, dtype);

    /// <summary>Sets one element.</summary>
    protected static void Set(NDArray array, long place, double value)
    {
        using NDArray element = array.Reshape(array.Size).Slice(place, place + 1);
        element.Fill(value);
    }

    /// <summary>One element.</summary>
    protected static double Get(NDArray array, long place)
    {
        using NDArray element = array.Reshape(array.Size).Slice(place, place + 1);
        return element.AsType(DType.Float64).ToScalar<double>();
    }

    /// <summary>Calls an operator with attributes of the form "name=value name=value".</summary>
    protected static NDArray Call(string name, string attributes, params NDArray[] inputs) =>
        Imperative.Invoke(name, inputs, Attributes(attributes))[0];

    /// <summary>Attributes of the form "name=value name=value".</summary>
    protected static Dictionary<string, string> Attributes(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>Expects that an array holds these values at some places, and zero at others.</summary>
    protected static void AssertHolds(NDArray array, params (long Place, double Value)[] expected)
    {
        foreach ((long place, double value) in expected)
        {
            Assert.AreEqual(value, Get(array, place), $"at {place} of {array.Shape}");
        }
    }
}
