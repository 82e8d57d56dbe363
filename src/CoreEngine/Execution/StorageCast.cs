using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>The calls of <c>cast_storage</c>, each made once.</summary>
internal static class StorageCast
{
    private static readonly BoundOperator[] s_casts =
    [
        .. new[] { StorageType.Default, StorageType.RowSparse, StorageType.Csr }.Select(storage =>
            OperatorRegistry.Default["cast_storage"].Bind(new CastStorageParameters { Storage = storage })
        ),
    ];

    /// <summary>The call whose result is stored like this.</summary>
    internal static BoundOperator To(StorageType storage) => s_casts[(int)storage];
}
