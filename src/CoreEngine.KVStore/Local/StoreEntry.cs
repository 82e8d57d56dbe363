using CoreEngine.Operators;

namespace CoreEngine.KVStore;

/// <summary>One stored value, and what its gradients' compression has left over.</summary>
internal sealed class StoreEntry : IDisposable
{
    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_copyto"].Bind();
    private static readonly OperatorDef s_sum = OperatorRegistry.Default["add_n"];

    // By the place of the pushed value among those of the key: one for each device.
    private readonly List<NDArray> _residuals = [];

    /// <summary>Stores a copy.</summary>
    internal StoreEntry(StoreKey key, NDArray value)
    {
        Key = key;
        Stored = CopyHome(value);
    }

    /// <summary>The key with its number.</summary>
    internal StoreKey Key { get; }

    /// <summary>The stored value.</summary>
    internal NDArray Stored { get; private set; }

    /// <summary>Replaces the stored value by the sum of some.</summary>
    internal void Assign(ReadOnlySpan<NDArray> values, GradientCompression? compression)
    {
        if (compression is null && values.Length == 1 && Fits(values[0]))
        {
            Copy(values[0], Stored);
            return;
        }

        NDArray sum = Sum(values, compression);
        if (Fits(sum))
        {
            Copy(sum, Stored);
            sum.Dispose();
        }
        else
        {
            Stored.Dispose();
            Stored = values.Length == 1 && compression is null ? CopyHome(sum) : sum;
        }
    }

    /// <summary>
    /// The sum of some values, where the stored one is. It may be another handle on the only value; the caller disposes it.
    /// </summary>
    internal NDArray Sum(ReadOnlySpan<NDArray> values, GradientCompression? compression)
    {
        NDArray[] parts = Array.ConvertAll(values.ToArray(), AtHome);
        try
        {
            if (compression is not null)
                return RoundedSum(parts, TwoBitSum.With(compression));
            return parts.Length == 1
                ? parts[0].Detach()
                : Imperative.Call(s_sum.Bind(new VariadicParameters { Count = parts.Length }), parts);
        }
        finally
        {
            foreach (NDArray part in parts)
            {
                part.Dispose();
            }
        }
    }

    /// <summary>Schedules copying into an array that may be on another device, of another type, or stored in another way.</summary>
    internal static void Copy(NDArray source, NDArray target) => Imperative.Invoke(s_copy, [source], [target]);

    /// <summary>The array where stored values are: another handle on it, or a copy.</summary>
    internal NDArray AtHome(NDArray array) =>
        array.Device == Stored.Device ? array.Detach() : CopyTo(array, Stored.Device);

    public void Dispose()
    {
        Stored.Dispose();
        foreach (NDArray residual in _residuals)
        {
            residual.Dispose();
        }
    }

    private NDArray RoundedSum(NDArray[] parts, BoundOperator addRounded)
    {
        NDArray sum = NDArray.Zeros(parts[0].Shape, parts[0].DType, Stored.Device);
        for (int i = 0; i < parts.Length; i++)
        {
            if (i == _residuals.Count)
                _residuals.Add(NDArray.Zeros(sum.Shape, sum.DType, sum.Device));
            Imperative.Invoke(addRounded, [sum, parts[i], _residuals[i]], [sum]);
        }

        return sum;
    }

    private bool Fits(NDArray value) => value.DType == Stored.DType && value.StorageType == Stored.StorageType;

    private static NDArray CopyHome(NDArray value) => CopyTo(value, Device.Cpu());

    private static NDArray CopyTo(NDArray value, Device device)
    {
        NDArray copy =
            value.StorageType == StorageType.Default
                ? new NDArray(value.Shape, value.DType, device)
                : NDArray.Zeros(value.StorageType, value.Shape, value.DType, device);
        Copy(value, copy);
        return copy;
    }
}
