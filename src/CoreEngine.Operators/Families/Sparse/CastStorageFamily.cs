using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Changes how values are stored: dense, row-sparse, CSR. What is not stored is zero; zeros are not stored.</summary>
internal static unsafe class CastStorageFamily
{
    internal static void Register(OperatorRegistry registry) =>
        registry.Add(
            new OperatorDef("cast_storage")
            {
                QuickElements = OperatorDef.FewElements,
                Aliases = ["_sparse_cast_storage"],
                NewParameters = () => new CastStorageParameters(),
                MakesSparse = true,
                InferStorage = storage =>
                    storage.SetOutput(0, storage.Operator.Parameters<CastStorageParameters>().Storage),
                InferShape = InferShape,
                Gradient = Gradient.Identity,
                Kernel = Run,
            }
        );

    private static void InferShape(ShapeInference shapes)
    {
        ShapeInference.Same(shapes);
        bool isCsr = shapes.Operator.Parameters<CastStorageParameters>().Storage == StorageType.Csr;
        if (isCsr && shapes.Input(0).Rank is not (0 or 2))
            throw shapes.Error("only a matrix, of rank 2, can be stored as csr.");
    }

    private static void Run(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (x.Storage == y.Storage)
        {
            SparseCopy.Run(ref context);
            return;
        }

        if (x.Storage != StorageType.Default)
            x = Densify(ref context, x, y);
        if (y.Storage == StorageType.RowSparse)
            StoreRows(ref context, x);
        else if (y.Storage == StorageType.Csr)
            StoreElements(ref context, x);
        else if (x.Data != y.Data)
            Kernels.Elementwise.Binary<Add>(y.DType, y.Data, x.Data, y.Data, y.Size);
    }

    /// <summary>A dense form of a sparse array: in the output when it is dense and may be overwritten, else in scratch memory.</summary>
    private static TensorView Densify(ref KernelContext context, in TensorView x, in TensorView y)
    {
        bool isDirect = y.Storage == StorageType.Default && !context.Accumulates(0);
        int itemSize = x.DType.ItemSize();
        byte* dense = isDirect ? (byte*)y.Data : (byte*)context.Scratch(x.Size * itemSize);
        byte* values = (byte*)x.Data;
        Kernels.Elementwise.Fill(x.DType, 0, dense, x.Size);
        long rowBytes = x.Shape.Product(1, x.Shape.Rank) * itemSize;
        if (x.Storage == StorageType.RowSparse)
        {
            for (long i = 0; i < x.StoredCount; i++)
            {
                Copy(values + (i * rowBytes), dense + (x.Indices[i] * rowBytes), rowBytes);
            }
        }
        else
        {
            for (long row = 0; row < x.Shape[0]; row++)
            {
                for (long i = x.RowPointers[row]; i < x.RowPointers[row + 1]; i++)
                {
                    Copy(values + (i * itemSize), dense + (row * rowBytes) + (x.Indices[i] * itemSize), itemSize);
                }
            }
        }

        return new TensorView(dense, x.Shape, x.DType);
    }

    private static void StoreRows(ref KernelContext context, in TensorView x)
    {
        long rowBytes = x.Shape.Product(1, x.Shape.Rank) * x.DType.ItemSize();
        byte* dense = (byte*)x.Data;
        long* rows = (long*)context.Scratch(x.Shape[0] * sizeof(long));
        long count = 0;
        for (long row = 0; row < x.Shape[0]; row++)
        {
            if (HasValue(dense + (row * rowBytes), rowBytes, x.DType))
                rows[count++] = row;
        }

        TensorView stored = context.Allocate(0, count);
        for (long i = 0; i < count; i++)
        {
            stored.Indices[i] = rows[i];
            Copy(dense + (rows[i] * rowBytes), (byte*)stored.Data + (i * rowBytes), rowBytes);
        }
    }

    private static void StoreElements(ref KernelContext context, in TensorView x)
    {
        int itemSize = x.DType.ItemSize();
        byte* dense = (byte*)x.Data;
        long count = 0;
        for (long i = 0; i < x.Size; i++)
        {
            count += HasValue(dense + (i * itemSize), itemSize, x.DType) ? 1 : 0;
        }

        TensorView stored = context.Allocate(0, count);
        long columns = x.Shape[1];
        long place = 0;
        for (long row = 0; row < x.Shape[0]; row++)
        {
            stored.RowPointers[row] = place;
            for (long column = 0; column < columns; column++)
            {
                byte* element = dense + (((row * columns) + column) * itemSize);
                if (!HasValue(element, itemSize, x.DType))
                    continue;
                stored.Indices[place] = column;
                Copy(element, (byte*)stored.Data + (place * itemSize), itemSize);
                place++;
            }
        }

        stored.RowPointers[x.Shape[0]] = place;
    }

    // A negative zero is a zero, too.
    private static bool HasValue(byte* bytes, long count, DType dtype)
    {
        byte sign = dtype is DType.Float16 or DType.Float32 or DType.Float64 ? (byte)0x80 : (byte)0;
        int itemSize = dtype.ItemSize();
        for (long i = 0; i < count; i++)
        {
            bool isLast = i % itemSize == itemSize - 1;
            if ((isLast ? bytes[i] & ~sign : bytes[i]) != 0)
                return true;
        }

        return false;
    }

    private static void Copy(byte* from, byte* to, long bytes) => System.Buffer.MemoryCopy(from, to, bytes, bytes);
}

/// <summary>Parameters of <c>cast_storage</c>.</summary>
public sealed class CastStorageParameters : IParameters
{
    /// <summary>How the result is stored.</summary>
    public StorageType Storage;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Required("stype", ref Storage, "default", "row_sparse", "csr");
}
