namespace CoreEngine.Operators;

/// <summary>Storage rules that many operators share: what results are stored as, where inputs are sparse.</summary>
internal static class StorageRules
{
    /// <summary>Of row-sparse arrays alone the results are row-sparse.</summary>
    internal static bool KeepRows(StorageInference storage) =>
        storage.AllInputs(StorageType.RowSparse) && SetOutputs(storage, StorageType.RowSparse);

    /// <summary>Of row-sparse arrays alone, or CSR matrices alone, the results are stored like them.</summary>
    internal static bool Keep(StorageInference storage) =>
        KeepRows(storage) || (storage.AllInputs(StorageType.Csr) && SetOutputs(storage, StorageType.Csr));

    /// <summary>Of row-sparse arrays alone the results are dense.</summary>
    internal static bool DenseOfRows(StorageInference storage) =>
        storage.AllInputs(StorageType.RowSparse) && SetOutputs(storage, StorageType.Default);

    /// <summary>The result is dense whatever is sparse.</summary>
    internal static bool Dense(StorageInference storage) => SetOutputs(storage, StorageType.Default);

    /// <summary>The result is stored as the array is that was given for it.</summary>
    internal static bool AsGiven(StorageInference storage) =>
        storage.Output(0) != StorageType.Undefined || storage.SetOutput(0, StorageType.Default);

    private static bool SetOutputs(StorageInference storage, StorageType type)
    {
        bool fits = true;
        for (int i = 0; i < storage.OutputCount; i++)
        {
            fits &= storage.SetOutput(i, type);
        }

        return fits;
    }
}
