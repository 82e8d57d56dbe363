using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>Between sparse arrays and the dense arrays that describe them: values, row or column numbers, row pointers.</summary>
internal static unsafe class SparseParts
{
    /// <summary>
    /// Schedules making a sparse array of its parts. They are checked when they are there: whatever reads a sparse array
    /// may rely on its numbers.
    /// </summary>
    internal static void Join(NDArray target, NDArray values, NDArray indices, NDArray? rowPointers)
    {
        SparseStorage storage = target.Storage.Sparse!;
        Var[] reads = rowPointers is null
            ? [values.Variable, indices.Variable]
            : [values.Variable, indices.Variable, rowPointers.Variable];
        ArrayStorage[] keep =
        [
            values.Storage,
            indices.Storage,
            .. rowPointers is null ? [] : new[] { rowPointers.Storage },
        ];
        nint from = (nint)values.Pointer;
        nint numbers = (nint)indices.Pointer;
        nint starts = rowPointers is null ? 0 : (nint)rowPointers.Pointer;
        long count = indices.Size;
        Engine.Default.Push(
            storage.Type == StorageType.Csr ? "csr_matrix" : "row_sparse_array",
            () =>
            {
                bool isWhole = false;
                try
                {
                    TensorView view = storage.Allocate(count);
                    Copy((void*)from, view.Data, storage.StoredShape.Size * storage.DType.ItemSize());
                    Copy((void*)numbers, view.Indices, count * sizeof(long));
                    if (starts != 0)
                        Copy((void*)starts, view.RowPointers, (storage.Shape[0] + 1) * sizeof(long));
                    Check(view);
                    isWhole = true;
                }
                finally
                {
                    storage.Settle(isWhole);
                    GC.KeepAlive(keep);
                }
            },
            reads,
            [target.Variable],
            new PushOptions(target.Device)
        );
    }

    /// <summary>Schedules making a CSR matrix of scattered elements.</summary>
    internal static void Gather(NDArray target, NDArray values, NDArray rows, NDArray columns)
    {
        SparseStorage storage = target.Storage.Sparse!;
        ArrayStorage[] keep = [values.Storage, rows.Storage, columns.Storage];
        nint from = (nint)values.Pointer;
        nint rowNumbers = (nint)rows.Pointer;
        nint columnNumbers = (nint)columns.Pointer;
        long count = values.Size;
        Engine.Default.Push(
            "csr_matrix",
            () =>
            {
                bool isWhole = false;
                try
                {
                    var elements = new ScatteredElements((long*)rowNumbers, (long*)columnNumbers, count, storage.Shape);
                    elements.Store((void*)from, storage);
                    isWhole = true;
                }
                finally
                {
                    storage.Settle(isWhole);
                    GC.KeepAlive(keep);
                }
            },
            [values.Variable, rows.Variable, columns.Variable],
            [target.Variable],
            new PushOptions(target.Device)
        );
    }

    /// <summary>Checks the numbers of a sparse array.</summary>
    /// <exception cref="EngineException">They are not what the storage type asks for.</exception>
    internal static void Check(in TensorView array)
    {
        if (array.Storage == StorageType.RowSparse)
        {
            long before = -1;
            for (long i = 0; i < array.StoredCount; i++)
            {
                long row = array.Indices[i];
                if (row <= before || row >= array.Shape[0])
                {
                    throw new EngineException(
                        $"A row-sparse array {array.Shape} was given the row number {row} at place {i}; row numbers must "
                            + $"ascend without repeating and lie below {array.Shape[0]}."
                    );
                }

                before = row;
            }

            return;
        }

        long rows = array.Shape[0];
        bool spans = array.RowPointers[0] == 0 && array.RowPointers[rows] == array.StoredCount;
        for (long row = 0; spans && row < rows; row++)
        {
            spans = array.RowPointers[row] <= array.RowPointers[row + 1];
        }

        if (!spans)
        {
            throw new EngineException(
                $"A CSR matrix {array.Shape} with {array.StoredCount} stored values was given row pointers that do not "
                    + "ascend from 0 to that number."
            );
        }

        for (long i = 0; i < array.StoredCount; i++)
        {
            if ((ulong)array.Indices[i] >= (ulong)array.Shape[1])
            {
                throw new EngineException(
                    $"A CSR matrix {array.Shape} was given the column number {array.Indices[i]} at place {i}; column "
                        + $"numbers must lie from 0 up to, not including, {array.Shape[1]}."
                );
            }
        }
    }

    /// <summary>Checks that the column numbers of a CSR matrix ascend within each row, without repeating.</summary>
    /// <exception cref="EngineException">They do not.</exception>
    internal static void CheckColumnsAscend(in TensorView matrix)
    {
        for (long row = 0; row < matrix.Shape[0]; row++)
        {
            for (long i = matrix.RowPointers[row] + 1; i < matrix.RowPointers[row + 1]; i++)
            {
                if (matrix.Indices[i] <= matrix.Indices[i - 1])
                {
                    throw new EngineException(
                        $"The column numbers of row {row} of a CSR matrix {matrix.Shape} do not ascend: "
                            + $"{matrix.Indices[i]} follows {matrix.Indices[i - 1]}."
                    );
                }
            }
        }
    }

    private static void Copy(void* from, void* to, long bytes) => System.Buffer.MemoryCopy(from, to, bytes, bytes);
}
