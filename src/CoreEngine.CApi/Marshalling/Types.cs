using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Element and storage types as C's numbers.</summary>
internal static unsafe class Types
{
    /// <summary>Element types, of which some may be -1, not known.</summary>
    /// <exception cref="EngineException">A number is not that of a type.</exception>
    internal static DType[] Read(int* numbers, long count, string argument)
    {
        ReadOnlySpan<int> values = Pointers.Span(numbers, count, argument);
        var types = new DType[values.Length];
        for (int i = 0; i < types.Length; i++)
        {
            if (values[i] < -1 || values[i] >= DTypes.Count)
            {
                throw new EngineException(
                    $"'{argument}[{i}]' is {values[i]}; types have the numbers 0 to {DTypes.Count - 1}, -1 is not known."
                );
            }

            types[i] = (DType)values[i];
        }

        return types;
    }

    /// <summary>Storage types, of which some may be -1, not known.</summary>
    /// <exception cref="EngineException">A number is not that of a storage type.</exception>
    internal static StorageType[] ReadStorage(int* numbers, long count, string argument)
    {
        ReadOnlySpan<int> values = Pointers.Span(numbers, count, argument);
        var types = new StorageType[values.Length];
        for (int i = 0; i < types.Length; i++)
        {
            if (values[i] is < (int)StorageType.Undefined or > (int)StorageType.Csr)
            {
                throw new EngineException(
                    $"'{argument}[{i}]' is {values[i]}; storage types are 0 (dense), 1 (row_sparse) and 2 (csr), -1 is "
                        + "not known."
                );
            }

            types[i] = (StorageType)values[i];
        }

        return types;
    }
}
